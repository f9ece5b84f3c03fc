using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Orders;

/// <summary>How orders find their customers, and when a cart is given up.</summary>
public sealed class OrderOptions
{
    public const string Section = "Orders";

    /// <summary>
    /// By what the customer of an order is found, in this order: <c>card</c>, <c>email</c>, <c>phone</c>, separated by commas.
    /// </summary>
    public string MatchBy { get; set; } = "card,email,phone";

    /// <summary>An open cart that nobody changed for so long counts as abandoned.</summary>
    public int CartAbandonedAfterHours { get; set; } = 24;

    /// <summary>Where the shop sells, proposed in the form of an order, separated by commas; others can be typed.</summary>
    public string Channels { get; set; } = "shop,web,phone";

    /// <summary>How customers pay, proposed in the form of an order, separated by commas; others can be typed.</summary>
    public string PaymentMethods { get; set; } = "cash,card,bank transfer,paypal,invoice";

    public IReadOnlyList<string> KnownChannels => Words(Channels);

    public IReadOnlyList<string> KnownPaymentMethods => Words(PaymentMethods);

    internal IReadOnlyList<OrderMatchKey> MatchKeys => [.. Words(MatchBy).Select(w => Enum.Parse<OrderMatchKey>(w, true)).Distinct()];

    /// <summary>Whether every word of a list names something by which a customer is found.</summary>
    public static bool CanRead(string matchBy) => Words(matchBy)
        .All(w => Enum.GetNames<OrderMatchKey>().Contains(w, StringComparer.OrdinalIgnoreCase));

    private static string[] Words(string matchBy) =>
        matchBy.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>By what the customer of an order is found.</summary>
public enum OrderMatchKey { Card, Email, Phone }

/// <summary>What is wrong with the settings of orders.</summary>
public sealed class OrderOptionsCheck : SettingsCheck<OrderOptions>
{
    /// <summary>What an order holds of its channel and of its payment method.</summary>
    private const int LongestWord = 40;

    protected override IEnumerable<string> Faults(OrderOptions options)
    {
        if (!OrderOptions.CanRead(options.MatchBy))
            yield return $"Orders:MatchBy is {options.MatchBy}; it may name card, email and phone, separated by commas.";
        if (options.KnownChannels.Concat(options.KnownPaymentMethods).FirstOrDefault(w => w.Length > LongestWord) is { } word)
            yield return $"Orders:Channels or Orders:PaymentMethods name \"{word}\"; at most {LongestWord} letters are kept of each.";
        if (options.CartAbandonedAfterHours is < 1 or > 100_000)
            yield return $"Orders:CartAbandonedAfterHours is {options.CartAbandonedAfterHours}; it must be a number of 1 or more.";
    }
}
