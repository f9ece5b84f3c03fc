namespace CrmPortal.Core.Platform.Common;

/// <summary>Amounts are whole minor units of an ISO 4217 currency; a unit price is a whole number of 1/10,000 of the currency.</summary>
public static class Money
{
    /// <summary>How many unit-price steps a major unit has.</summary>
    public const int PriceScale = 10_000;

    /// <summary>Currencies whose minor unit is not a hundredth, from the ISO 4217 table of exponents.</summary>
    private static readonly Dictionary<string, int> Digits = new(StringComparer.Ordinal)
    {
        ["BIF"] = 0, ["CLP"] = 0, ["DJF"] = 0, ["GNF"] = 0, ["ISK"] = 0, ["JPY"] = 0, ["KMF"] = 0, ["KRW"] = 0, ["PYG"] = 0, ["RWF"] = 0,
        ["UGX"] = 0, ["VND"] = 0, ["VUV"] = 0, ["XAF"] = 0, ["XOF"] = 0, ["XPF"] = 0,
        ["BHD"] = 3, ["IQD"] = 3, ["JOD"] = 3, ["KWD"] = 3, ["LYD"] = 3, ["OMR"] = 3, ["TND"] = 3,
    };

    /// <summary>How many decimals the currency's minor unit has.</summary>
    public static int MinorDigits(string currency) => Digits.GetValueOrDefault(currency, 2);

    /// <summary>An amount as a decimal of the currency.</summary>
    public static decimal ToDecimal(long minor, string currency) => minor / Power(MinorDigits(currency));

    /// <summary>A decimal as minor units, rounded half away from zero.</summary>
    /// <exception cref="OverflowException">The amount does not fit.</exception>
    public static long ToMinor(decimal amount, string currency) =>
        checked((long)Math.Round(amount * Power(MinorDigits(currency)), MidpointRounding.AwayFromZero));

    /// <summary>The amount of a line in minor units: quantity × unit price, rounded half away from zero.</summary>
    /// <exception cref="OverflowException">The amount does not fit.</exception>
    public static long LineAmount(long quantity, long unitPrice, string currency) => ToMinor((decimal)quantity * unitPrice / PriceScale,
        currency);

    /// <summary>An amount in the shop's base currency.</summary>
    /// <param name="rate">What one unit of <paramref name="currency"/> cost in the base currency that day; null where it is the base
    /// currency.</param>
    public static long ToBase(long minor, string currency, decimal? rate, string baseCurrency) =>
        rate is not { } factor ? minor : ToMinor(ToDecimal(minor, currency) * factor, baseCurrency);

    /// <summary>An amount in another currency, by the rates to the base currency that both had.</summary>
    /// <param name="rate">Of <paramref name="currency"/>; null where it is the base currency.</param>
    /// <param name="targetRate">Of <paramref name="target"/>; null where it is the base currency.</param>
    public static long Convert(long minor, string currency, decimal? rate, string target, decimal? targetRate) =>
        currency == target ? minor : ToMinor(ToDecimal(minor, currency) * (rate ?? 1) / (targetRate ?? 1), target);

    private static decimal Power(int digits) => digits switch { 0 => 1m, 3 => 1000m, _ => 100m };
}
