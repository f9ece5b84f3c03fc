namespace CrmPortal.Core.Demo;

/// <summary>The figures of each customer, as they are kept on their row.</summary>
internal sealed class SeedStatistics(int customers)
{
    private readonly int[] _counts = new int[customers];
    private readonly long[] _spent = new long[customers];
    private readonly int[] _first = new int[customers];
    private readonly int[] _last = new int[customers];

    /// <summary>Takes an order in; they come in the order of time.</summary>
    public void Add(SeedOrder order, SeedBasket basket)
    {
        if (order.Customer == SeedOrder.Nobody) return;
        if (basket.RefundSecond is not null) _spent[order.Customer] -= basket.RefundAmount;
        if (!basket.IsCounted) return;
        if (_counts[order.Customer]++ == 0) _first[order.Customer] = order.Second;
        _last[order.Customer] = order.Second;
        _spent[order.Customer] += basket.Total;
    }

    public (int Count, long Spent, int First, int Last) Of(int customer) => (_counts[customer], _spent[customer], _first[customer],
        _last[customer]);

    public double TopFifth()
    {
        var spent = _spent.Where((_, i) => _counts[i] > 0).ToArray();
        Array.Sort(spent);
        var total = spent.Sum();
        return total == 0 ? 0 : (double)spent.Skip(spent.Length - spent.Length / 5).Sum() / total;
    }
}
