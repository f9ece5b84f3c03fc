using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Demo;

/// <summary>What is in an order; the same order always gets the same basket, so that it need not be kept.</summary>
internal sealed class SeedBasket
{
    public const int MostLines = 6;
    private const int Day = 86_400;
    private static readonly double[] LineShares = SeedCatalogue.Cumulative([50, 24, 13, 7, 4, 2]);
    private static readonly double[] QuantityShares = SeedCatalogue.Cumulative([78, 13, 5, 2, 1, 1]);
    private static readonly double[] LookShares = SeedCatalogue.Cumulative([46, 28, 16, 10]);

    private readonly ulong _seed;
    private readonly SeedCatalogue _catalogue;
    private readonly int _seconds;
    private readonly long[,] _amounts;

    public SeedBasket(ulong seed, SeedCatalogue catalogue, SeedCalendar calendar, string currency)
    {
        (_seed, _catalogue, _seconds) = (seed, catalogue, calendar.Seconds);
        _amounts = new long[catalogue.Products.Count, QuantityShares.Length + 1];
        for (var p = 0; p < catalogue.Products.Count; p++)
            for (var q = 1; q <= QuantityShares.Length; q++)
                _amounts[p, q] = Money.LineAmount(q, catalogue.Products[p].UnitPrice, currency);
    }

    public int Count { get; private set; }

    public int[] Product { get; } = new int[MostLines];

    public int[] Quantity { get; } = new int[MostLines];

    public long[] Amount { get; } = new long[MostLines];

    public long Total { get; private set; }

    public OrderStatus Status { get; private set; }

    public bool IsCounted => Status is not (OrderStatus.Pending or OrderStatus.Cancelled);

    public string Channel { get; private set; } = "";

    /// <summary>When something came back, or null.</summary>
    public int? RefundSecond { get; private set; }

    /// <summary>How many of the lines came back, from the first.</summary>
    public int RefundLines { get; private set; }

    public long RefundAmount { get; private set; }

    /// <summary>Fills this basket with that of an order.</summary>
    public void Fill(SeedOrder order)
    {
        var taste = SeedRandom.For(_seed, SeedStream.Taste, (ulong)order.Customer);
        var favourite = _catalogue.PickCategory(ref taste);
        var looks = 1 + taste.Place(LookShares);
        var random = SeedRandom.For(_seed, SeedStream.Basket, order.Key);
        if (order.Customer == SeedOrder.Nobody) (favourite, looks) = (_catalogue.PickCategory(ref random), 1);

        Count = 1 + random.Place(LineShares);
        Total = 0;
        for (var i = 0; i < Count; i++)
        {
            Product[i] = _catalogue.Pick(ref random, random.Chance(0.5) ? favourite : _catalogue.PickCategory(ref random), looks);
            Quantity[i] = 1 + random.Place(QuantityShares);
            Amount[i] = _amounts[Product[i], Quantity[i]];
            Total += Amount[i];
        }

        var age = _seconds - order.Second;
        Status = StatusOf(random.Share(), age);
        Channel = random.Chance(order.Customer == SeedOrder.Nobody ? 0.15 : 0.72) ? "web" : random.Chance(0.7) ? "shop" : "phone";
        var refund = order.Second + Day + random.Below(30 * Day);
        RefundSecond = random.Chance(0.021) && IsCounted && refund < _seconds ? refund : null;
        RefundLines = random.Chance(0.4) ? Count : 1;
        RefundAmount = 0;
        for (var i = 0; i < RefundLines; i++) RefundAmount += Amount[i];
    }

    private static OrderStatus StatusOf(double share, int age) => age switch
    {
        _ when share < 0.022 => OrderStatus.Cancelled,
        < 2 * Day => share < 0.25 ? OrderStatus.Pending : share < 0.75 ? OrderStatus.Paid : OrderStatus.Shipped,
        < 12 * Day => share < 0.03 ? OrderStatus.Pending : share < 0.4 ? OrderStatus.Shipped : OrderStatus.Delivered,
        _ => share < 0.15 ? OrderStatus.Delivered : OrderStatus.Completed,
    };
}
