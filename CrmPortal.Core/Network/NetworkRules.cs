using System.Security.Cryptography;
using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Network;

/// <summary>What tariffs and connections may say.</summary>
internal static partial class NetworkRules
{
    public const string Purpose = "network.password";
    public const int ShortestPassword = 6;
    public const int LongestPassword = 128;

    /// <summary>10 Gbit/s and more are told by attributes: the rate in bits must fit into 32 of them.</summary>
    private const int FastestKbps = 100_000_000;
    private const int LongestTimeout = 30 * 24 * 3600;
    private const int ShortestTimeout = 60;
    private const decimal HighestPrice = 1_000_000_000;
    private const int MostAttributes = 30;
    private const int MadeUpLength = 16;

    /// <summary>Without those that look alike: it is read out on the telephone.</summary>
    private const string Alphabet = "abcdefghijkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXY34679";

    /// <summary>A tariff as it is stored; what is wrong is collected.</summary>
    public static TariffPlan Checked(TariffInput input, ShopOptions shop, List<FieldError> errors)
    {
        var code = TextRules.Required(nameof(input.Code), input.Code, TariffPlan.CodeLength, "Enter a code.", errors).ToLowerInvariant();
        if (code.Length > 0 && !Code().IsMatch(code))
            errors.Add(new(nameof(input.Code), "A code is made of the letters a to z, digits, dots, dashes and underscores."));
        var name = TextRules.Required(nameof(input.Name), input.Name, TariffPlan.NameLength, "Enter a name.", errors);
        Range(nameof(input.DownKbps), input.DownKbps, 1, FastestKbps, errors);
        Range(nameof(input.UpKbps), input.UpKbps, 1, FastestKbps, errors);
        Range(nameof(input.SessionSeconds), input.SessionSeconds, ShortestTimeout, LongestTimeout, errors);
        Range(nameof(input.IdleSeconds), input.IdleSeconds, ShortestTimeout, LongestTimeout, errors);
        var currency = string.IsNullOrWhiteSpace(input.Currency) ? shop.Currency : input.Currency.Trim().ToUpperInvariant();
        if (!IsoCodes.Currencies.Contains(currency)) errors.Add(new(nameof(input.Currency), "This is not a currency."));
        if (input.MonthlyPrice is < 0 or > HighestPrice) errors.Add(new(nameof(input.MonthlyPrice), "Enter a price of 0 or more."));
        var lines = AccessAttributes.Checked(input.Attributes, MostAttributes, errors);
        return new TariffPlan
        {
            Code = code, Name = name, DownKbps = input.DownKbps, UpKbps = input.UpKbps, Currency = currency,
            MonthlyPrice = errors.Count > 0 ? 0 : Money.ToMinor(input.MonthlyPrice, currency),
            SessionSeconds = input.SessionSeconds, IdleSeconds = input.IdleSeconds, Attributes = lines, IsRetired = input.IsRetired,
        };
    }

    /// <summary>An access name as it is stored and looked for: small letters, so that case does not matter.</summary>
    public static string? NameKey(string? name)
    {
        var key = name?.Trim().ToLowerInvariant();
        return string.IsNullOrEmpty(key) || key.Length > NetworkConnection.AccessNameLength || StoredText.IsUnstorable(key) ? null
            : StoredText.Composed(key);
    }

    public static string AccessName(string? typed, List<FieldError> errors)
    {
        const string Field = nameof(ConnectionInput.AccessName);
        var name = TextRules.Required(Field, typed, NetworkConnection.AccessNameLength, "Enter an access name.", errors).ToLowerInvariant();
        if (name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '"' or '\\'))
            errors.Add(new(Field, "An access name has no blanks, quotes or backslashes."));
        return name;
    }

    /// <summary>A password as it was typed: not one of its characters may change.</summary>
    public static void DemandPassword(string password, List<FieldError> errors)
    {
        if (password.Length is < ShortestPassword or > LongestPassword)
            errors.Add(new(nameof(ConnectionInput.Password), "A password has between {0} and {1} characters.", ShortestPassword,
                LongestPassword));
        else if (StoredText.IsUnstorable(password) || password.Any(char.IsControl))
            errors.Add(new(nameof(ConnectionInput.Password), "This contains a character that cannot be stored."));
    }

    public static string MakeUpPassword() => RandomNumberGenerator.GetString(Alphabet, MadeUpLength);

    private static void Range(string field, int? value, int least, int most, List<FieldError> errors)
    {
        if (value < least || value > most) errors.Add(new(field, "Enter a number between {0} and {1}.", least, most));
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]*$")]
    private static partial Regex Code();
}
