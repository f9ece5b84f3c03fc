namespace CrmPortal.Core.Demo;

/// <summary>
/// Random numbers that are the same on every machine: SplitMix64 (Steele, Lea and Flood 2014), and functions made of the four
/// operations and the square root only, which IEEE 754 fixes to the last bit where libraries of mathematics differ.
/// </summary>
internal struct SeedRandom(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private const double Ln2 = 0.69314718055994530942;
    private ulong _state = seed;

    /// <summary>A generator of its own for one thing of a kind.</summary>
    public static SeedRandom For(ulong seed, SeedStream stream, ulong number) =>
        new(Mix(seed + ((ulong)stream * 0xD1B54A32D192ED03)) ^ Mix(number + Step));

    public ulong Next() => Mix(_state += Step);

    /// <summary>From 0 to below 1.</summary>
    public double Share() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>From 0 to below <paramref name="limit"/>.</summary>
    public int Below(int limit) => (int)((Next() >> 32) * (ulong)limit >> 32);

    public bool Chance(double share) => Share() < share;

    /// <summary>The place of one of several cumulative shares.</summary>
    public int Place(ReadOnlySpan<double> cumulative)
    {
        var share = Share() * cumulative[^1];
        int low = 0, high = cumulative.Length - 1;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (share < cumulative[middle]) high = middle;
            else low = middle + 1;
        }

        return low;
    }

    /// <summary>A waiting time with mean 1.</summary>
    public double Exponential() => -Log(1 - Share());

    /// <summary>Normal with mean 0 and deviation 1, by the polar method.</summary>
    public double Normal()
    {
        while (true)
        {
            var (x, y) = (2 * Share() - 1, 2 * Share() - 1);
            var square = x * x + y * y;
            if (square is > 0 and < 1) return x * Math.Sqrt(-2 * Log(square) / square);
        }
    }

    /// <summary>Gamma with scale 1, by Marsaglia and Tsang (2000).</summary>
    public double Gamma(double shape)
    {
        if (shape < 1) return Gamma(shape + 1) * Exp(Log(1 - Share()) / shape);
        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal();
            var v = 1 + c * x;
            if (v <= 0) continue;
            v = v * v * v;
            if (Log(1 - Share()) < 0.5 * x * x + d - d * v + d * Log(v)) return d * v;
        }
    }

    public double Beta(double a, double b)
    {
        var (x, y) = (Gamma(a), Gamma(b));
        return x + y > 0 ? x / (x + y) : 0;
    }

    /// <summary>The natural logarithm of a positive number.</summary>
    public static double Log(double value)
    {
        if (value <= double.Epsilon) return -745;
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)(bits >> 52) - 1023;
        var fraction = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (fraction > 1.4142135623730951) (fraction, exponent) = (fraction / 2, exponent + 1);
        // ln f = 2 artanh((f - 1) / (f + 1)), whose series ends soon for f near 1.
        var t = (fraction - 1) / (fraction + 1);
        var square = t * t;
        var sum = 0.0;
        for (var i = 21; i >= 1; i -= 2) sum = sum * square + 1.0 / i;
        return 2 * t * sum + exponent * Ln2;
    }

    public static double Exp(double value)
    {
        if (value < -700) return 0;
        var halvings = (int)(value / Ln2);
        var rest = value - halvings * Ln2;
        var sum = 1.0;
        for (var i = 18; i >= 1; i--) sum = 1 + sum * rest / i;
        return sum * BitConverter.Int64BitsToDouble((long)(halvings + 1023) << 52);
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}

/// <summary>Keeps the numbers of one purpose apart from those of another, so that a change to one leaves the others.</summary>
internal enum SeedStream
{
    Catalogue = 1, Purchases, Thinning, Anonymous, Basket, Taste, Person,

    // Of the demo data, which hold more than a seed does.
    DemoPerson, DemoOrder, DemoLoyalty, DemoPart,
}
