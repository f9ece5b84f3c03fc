using CrmPortal.Core.Analytics;
using CrmPortal.Core.Customers;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Analytics;

public sealed class RfmSegmentsTests
{
    /// <summary>The ranges that document 3 prints, in the order in which the first one that fits holds.</summary>
    private static readonly (string Name, int R1, int R2, int F1, int F2, int M1, int M2)[] Documented =
    [
        ("Champion", 5, 5, 5, 5, 5, 5), ("Loyal", 4, 5, 4, 5, 3, 5), ("Potential Loyalist", 4, 5, 3, 3, 3, 4),
        ("New Customer", 5, 5, 1, 2, 1, 2),
        ("Promising", 4, 5, 2, 3, 2, 3), ("Need Attention", 3, 3, 3, 4, 3, 4), ("About to Sleep", 2, 3, 2, 3, 2, 3),
        ("At Risk", 1, 2, 3, 4, 3, 5), ("Can't Lose Them", 1, 2, 5, 5, 5, 5), ("Hibernating", 1, 2, 2, 3, 1, 2), ("Lost", 1, 1, 1, 1, 1, 2),
    ];

    [Fact]
    public void Segment_OfEachOfThe125Cells_IsOneThatTheDocumentAllows()
    {
        var scores = Enumerable.Range(1, 5);
        var cells = (from r in scores from f in scores from m in scores select (r, f, m)).ToList();

        Assert.Equal(125, cells.Count);
        foreach (var (r, f, m) in cells)
        {
            var allowed = Documented.Where(d => r >= d.R1 && r <= d.R2 && f >= d.F1 && f <= d.F2 && m >= d.M1 && m <= d.M2)
                .Select(d => d.Name).ToList();
            if (allowed.Count > 0) Assert.Contains(RfmSegments.NameOf(RfmSegments.Of(r, f, m)), allowed);
        }

        // How many cells each has, as decided for the 68 that the document leaves out and the two it names twice.
        Assert.Equal([1, 24, 6, 9, 15, 8, 22, 23, 4, 8, 5],
            RfmSegments.All.Select(s => cells.Count(c => RfmSegments.Of(c.r, c.f, c.m) == s)));
        Assert.Equal("AtRisk AboutToSleep Lost Loyal Promising", string.Join(' ',
            RfmSegments.Of(1, 3, 3), RfmSegments.Of(2, 3, 2), RfmSegments.Of(1, 1, 5), RfmSegments.Of(3, 5, 1), RfmSegments.Of(5, 2, 5)));
    }

    [Theory]
    [InlineData(0, 3, 3), InlineData(3, 6, 3), InlineData(3, 3, -1)]
    public void Segment_OfWhatIsNoScore_IsRefused(int r, int f, int m) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RfmSegments.Of(r, f, m));

    [Theory]
    [InlineData(1, 5, 3), InlineData(2, 17, 2), InlineData(3, 400, 5), InlineData(4, 999, 400)]
    [InlineData(5, 1_000, 1), InlineData(6, 5, 1)]
    public void Scores_AreTheShareOfThoseWhoAreWorse_WhateverTheOrder(int seed, int count, int values)
    {
        var random = new Random(seed);
        var figures = Enumerable.Range(0, count)
            .Select(i => new RfmFigures(i, 730_000 + random.Next(values), 1 + random.Next(values), random.Next(-values, 50 * values)))
            .ToList();

        var (recency, frequency, monetary) = RfmScorer.Score(figures);
        for (var i = 0; i < count; i++)
        {
            var one = figures[i];
            Assert.Equal(1 + (5 * figures.Count(f => f.LastDay < one.LastDay) / count), recency[i]);
            Assert.Equal(1 + (5 * figures.Count(f => f.Orders < one.Orders) / count), frequency[i]);
            Assert.Equal(1 + (5 * figures.Count(f => f.Spent < one.Spent) / count), monetary[i]);
        }

        figures.Reverse();
        Assert.Equal(recency.Reverse(), RfmScorer.Score(figures).Recency);
    }
}
