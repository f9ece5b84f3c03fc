namespace CrmPortal.Core.Analytics;

/// <summary>
/// How customers differ, under BG/NBD and MBG/NBD alike: each buys at a rate of their own, gamma distributed, and leaves after a purchase
/// with a probability of their own, beta distributed. Also used for the standard errors of the four.
/// </summary>
/// <param name="R">Shape of the rates.</param>
/// <param name="Alpha">Rate parameter of the rates, in weeks: the mean customer buys <c>R / Alpha</c> times a week.</param>
/// <param name="A">First shape of the probability to leave: its mean is <c>A / (A + B)</c>.</param>
/// <param name="B">Second shape of the probability to leave.</param>
public readonly record struct PurchaseParameters(double R, double Alpha, double A, double B)
{
    internal static PurchaseParameters Of(ReadOnlySpan<double> values) => new(values[0], values[1], values[2], values[3]);
}
