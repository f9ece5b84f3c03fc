namespace CrmPortal.Core.Demo;

/// <summary>An order before its basket is known: when, by whom (or <see cref="Nobody"/>), and which of theirs. It sorts by time.</summary>
internal readonly record struct SeedOrder(ulong Key)
{
    public const int Nobody = (1 << 24) - 1;

    public SeedOrder(int second, int customer, int number)
        : this(((ulong)(uint)second << 36) | ((ulong)(uint)customer << 12) | ((uint)number & 0xFFF))
    {
    }

    public int Second => (int)(Key >> 36);

    public int Customer => (int)(Key >> 12) & Nobody;
}

/// <summary>
/// Who buys when, as in the BG/NBD model (Fader, Hardie and Lee 2005): each customer buys at a rate of their own, drawn from a
/// gamma distribution of shape r, and after each purchase is lost for ever with a probability of their own, drawn from a beta
/// distribution (a, b). a and b are those that the paper fits to CDNOW; r is higher than its 0.243, since these customers have
/// years instead of months in which to differ, and the top fifth shall make 60 to 80 % of the revenue.
/// </summary>
internal sealed class SeedPurchases(ulong seed, int customers, long orders, SeedCalendar calendar)
{
    private const double R = 0.62;
    private const double A = 0.793;
    private const double B = 2.426;
    private const double NeverBuys = 0.07;
    private const double Surplus = 1.03;
    private const int SampleSize = 20_000;
    private const int AnonymousPercent = 4;
    private const int MostOfOne = 100_000;

    /// <summary>When a customer came, in the even time of the simulation; they come in the order of their numbers.</summary>
    public double BirthOf(int customer) => (customer + SeedRandom.For(seed, SeedStream.Purchases, (ulong)customer).Share()) / customers;

    /// <summary>Exactly the wanted number of orders, in the order of time.</summary>
    public SeedOrder[] Make()
    {
        var known = orders - orders * AnonymousPercent / 100;
        var made = Known(known);
        var anonymous = orders - made.Length;
        var all = new SeedOrder[orders];
        made.CopyTo(all, 0);
        var random = SeedRandom.For(seed, SeedStream.Anonymous, 0);
        for (var i = 0; i < anonymous; i++) all[made.Length + i] = new(calendar.SecondAt(random.Share()), SeedOrder.Nobody, i);
        Array.Sort(all, static (x, y) => x.Key.CompareTo(y.Key));
        return all;
    }

    private SeedOrder[] Known(long wanted)
    {
        var rate = Calibrate(wanted);
        var (found, count) = (new List<SeedOrder>(checked((int)Math.Min(wanted * 11 / 10 + 100, int.MaxValue / 2))), 0L);
        for (var tries = 0; tries < 40; tries++, rate *= 1.15)
        {
            found.Clear();
            for (var i = 0; i < customers; i++)
            {
                var customer = i;
                Simulate(customer, rate, (share, number) => found.Add(new(calendar.SecondAt(share), customer, number)));
            }

            count = found.Count;
            if (count >= wanted) break;
        }

        // Too many are thinned evenly, which leaves everybody's process what it is.
        var random = SeedRandom.For(seed, SeedStream.Thinning, 0);
        var (kept, left) = (0, count - wanted);
        for (var i = 0; i < found.Count; i++)
        {
            if (left > 0 && random.Share() * (count - i) < left) left--;
            else found[kept++] = found[i];
        }

        found.RemoveRange(kept, found.Count - kept);
        return [.. found];
    }

    /// <summary>The common rate at which a sample of the customers makes a little more than the wanted number.</summary>
    private double Calibrate(long wanted)
    {
        var step = Math.Max(1, customers / SampleSize);
        var sampled = (customers + step - 1) / step;
        var goal = (double)wanted * Surplus * sampled / customers;
        double low = 1.0 / 1024, high = 1 << 20;
        for (var i = 0; i < 40; i++)
        {
            var middle = Math.Sqrt(low * high);
            var count = 0L;
            for (var c = 0; c < customers && count <= goal; c += step) Simulate(c, middle, (_, _) => count++);
            if (count > goal) high = middle;
            else low = middle;
        }

        return high;
    }

    private void Simulate(int customer, double rate, Action<double, int> bought)
    {
        var random = SeedRandom.For(seed, SeedStream.Purchases, (ulong)customer);
        var time = (customer + random.Share()) / customers;
        var buys = !random.Chance(NeverBuys);
        if (!buys && customer > 0) return;
        var own = rate * random.Gamma(R) / R;
        // Where many orders are wanted of few customers they must also stay for longer.
        var lost = random.Beta(A, B) / (1 + rate / 40);
        for (var number = 0; number < MostOfOne && time < 1; number++)
        {
            bought(time, number);
            if (random.Chance(lost)) return;
            time += random.Exponential() / own;
        }
    }
}
