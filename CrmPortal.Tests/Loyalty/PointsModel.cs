namespace CrmPortal.Tests.Loyalty;

/// <summary>
/// The ledger once more, as simply as it can be said: lots in lists, loops over them, nothing kept that can be reckoned. What the
/// program does is compared with it.
/// </summary>
internal sealed class PointsModel(bool allowsDebt)
{
    private readonly Dictionary<long, List<Account>> _accounts = [];
    private int _order;

    public DateTimeOffset Now { get; set; }

    /// <summary>Lets what ran out go, in the accounts of a customer.</summary>
    public void Expire(long customer)
    {
        foreach (var lot in Had(customer).SelectMany(a => a.Lots).Where(l => l.Expires <= Now)) lot.Left = 0;
    }

    public Gift Add(long customer, long points, DateTimeOffset usable, DateTimeOffset? expires)
    {
        Expire(customer);
        var account = Own(customer);
        var lot = new Lot { Order = ++_order, Left = points, Usable = usable, Expires = expires };
        account.Lots.Add(lot);
        Pay(account, [lot]);
        return new(account, lot, points);
    }

    /// <summary>False, and nothing happens, where there are not so many.</summary>
    public bool Take(long customer, long points, out List<(Account Account, Lot Lot, long Points)> taken)
    {
        taken = [];
        if (points > Spendable(customer)) return false;
        Expire(customer);
        taken = Pick(Had(customer), l => l.Usable <= Now, points);
        return true;
    }

    /// <summary>Takes back a part of what was given: from its own lot, else from usable ones, else from those that come later.</summary>
    public void TakeBack(long customer, Gift gift, long points)
    {
        Expire(customer);
        gift.Back += points;
        points -= Pick(Had(customer), l => l == gift.Lot, points).Sum(p => p.Points);
        points -= Pick(Had(customer), l => l != gift.Lot && l.Usable <= Now, points).Sum(p => p.Points);
        points -= Pick(Had(customer), l => l != gift.Lot && l.Usable > Now, points).Sum(p => p.Points);
        if (allowsDebt) gift.Account.Debt += points;
    }

    public void GiveBack(long customer, List<(Account Account, Lot Lot, long Points)> taken)
    {
        Expire(customer);
        foreach (var account in taken.GroupBy(t => t.Account))
        {
            foreach (var (_, lot, points) in account) lot.Left += points;
            Pay(account.Key, account.Key.Lots);
        }

        Expire(customer);
    }

    /// <summary>Every account of one customer becomes another's.</summary>
    public List<Account> Merge(long survivor, long other)
    {
        var moved = Had(other).ToList();
        Had(survivor).AddRange(moved);
        Had(other).Clear();
        return moved;
    }

    public void Unmerge(long survivor, long other, List<Account> moved)
    {
        Had(survivor).RemoveAll(moved.Contains);
        Had(other).AddRange(moved);
    }

    public long Balance(long customer) => Had(customer).Sum(a => a.Lots.Sum(l => l.Left) - a.Debt);

    public long Pending(long customer) => Had(customer).Sum(a => a.Lots.Where(l => l.Usable > Now && !(l.Expires <= Now)).Sum(l => l.Left));

    public long Due(long customer) => Had(customer).Sum(a => a.Lots.Where(l => l.Expires <= Now).Sum(l => l.Left));

    public long Spendable(long customer) =>
        Math.Max(0, Had(customer).Sum(a => a.Lots.Where(l => l.Usable <= Now && !(l.Expires <= Now)).Sum(l => l.Left) - a.Debt));

    public IEnumerable<(DateTimeOffset? Expires, long Left)> Lots(long customer) => Had(customer).SelectMany(a => a.Lots)
        .Where(l => l.Left > 0).OrderBy(l => l.Order).Select(l => (l.Expires, l.Left));

    /// <summary>The account that was opened for a customer, wherever others' have come to be; their first points open it.</summary>
    private Account Own(long customer)
    {
        var own = Had(customer).Find(a => a.Owner == customer);
        if (own is null) Had(customer).Add(own = new Account { Owner = customer });
        return own;
    }

    private List<Account> Had(long customer)
    {
        if (!_accounts.TryGetValue(customer, out var accounts)) _accounts[customer] = accounts = [];
        return accounts;
    }

    private List<(Account Account, Lot Lot, long Points)> Pick(List<Account> accounts, Func<Lot, bool> which, long points)
    {
        var picked = new List<(Account Account, Lot Lot, long Points)>();
        foreach (var (account, lot) in accounts.SelectMany(a => a.Lots.Select(l => (a, l)))
            .Where(p => p.l.Left > 0 && !(p.l.Expires <= Now) && which(p.l)).OrderBy(p => p.l.Expires ?? DateTimeOffset.MaxValue)
            .ThenBy(p => p.l.Order))
        {
            var part = Math.Min(points, lot.Left);
            if (part == 0) break;
            (lot.Left, points) = (lot.Left - part, points - part);
            picked.Add((account, lot, part));
        }

        return picked;
    }

    private static void Pay(Account account, List<Lot> lots)
    {
        foreach (var lot in lots.Where(l => l.Left > 0).OrderBy(l => l.Expires ?? DateTimeOffset.MaxValue).ThenBy(l => l.Order))
        {
            var part = Math.Min(account.Debt, lot.Left);
            (account.Debt, lot.Left) = (account.Debt - part, lot.Left - part);
        }
    }

    internal sealed class Account
    {
        public long Owner { get; init; }

        public long Debt { get; set; }

        public List<Lot> Lots { get; } = [];
    }

    internal sealed class Lot
    {
        public int Order { get; init; }

        public long Left { get; set; }

        public DateTimeOffset Usable { get; init; }

        public DateTimeOffset? Expires { get; init; }
    }

    internal sealed record Gift(Account Account, Lot Lot, long Points)
    {
        public long Back { get; set; }
    }
}
