using System.Globalization;
using Bunit;
using CrmPortal.Components.Charts;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Components;

/// <summary>The charts: their axes, what they say to those who do not see them, and that nothing is drawn outside of them.</summary>
public sealed class ChartTests : CrmPageTest
{
    public static TheoryData<long[], long, string> Scales => new()
    {
        { [], 1, "0 1" },
        { [0, 0], 1, "0 1" },
        { [3], 1, "0 1 2 3" },
        { [7], 1, "0 2 4 6 8" },
        { [100], 1, "0 50 100" },
        { [9_999], 1, "0 5000 10000" },
        { [-5, 12], 1, "-5 0 5 10 15" },
        { [-3, -1], 1, "-3 -2 -1 0" },
        // Cents: steps are round in euros, down to the cent.
        { [123_45], 100, "0 5000 10000 15000" },
        { [3], 100, "0 1 2 3" },
        { [long.MaxValue, long.MinValue], 1, "-10000000000000000000 -5000000000000000000 0 5000000000000000000 10000000000000000000" },
    };

    [Theory, MemberData(nameof(Scales))]
    public void Scale_HasRoundTicks_AroundEveryValue_WithZero(long[] values, long unit, string ticks)
    {
        var scale = ChartScale.Of(values, unit);

        Assert.Equal(ticks, string.Join(' ', scale.Ticks.Select(t => t.ToString("0", CultureInfo.InvariantCulture))));
        Assert.All(values, v => Assert.InRange(scale.Height(v), 0, 100));
    }

    [Fact]
    public void Scale_OfAnyValues_HasFewTicks()
    {
        var random = new Random(7);
        for (var i = 0; i < 2_000; i++)
        {
            var values = Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.NextInt64(-1000, 1L << random.Next(11, 62))).ToList();
            Assert.InRange(ChartScale.Of(values, random.Next(2) == 0 ? 1 : 100).Ticks.Count, 2, 7);
        }
    }

    [Fact]
    public void Line_OfAnyValues_StaysWithinItsPicture()
    {
        foreach (var values in new long[][] { [], [5], [0, 0, 0], [-20, 10, long.MaxValue], [-3, -1] })
        {
            var chart = Line(values);

            foreach (var point in chart.FindAll("path.tone-main:not(.chart-dot)").SelectMany(l => l.GetAttribute("d")!.TrimStart('M')
                .Replace("h0", "", StringComparison.Ordinal).Split('L')))
            {
                var at = point.Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToList();
                Assert.InRange(at[0], 0, 100);
                Assert.InRange(at[1], 0, 100);
            }

            Assert.Equal(values.Length, chart.FindAll(".chart-slot input").Count);
            Assert.Equal(values.Length, chart.FindAll("tbody tr").Count);
        }
    }

    [Fact]
    public void Chart_SaysWhatItShows_AndHasItsTable()
    {
        var chart = Line([100, 1_500, 30], [1, 2, 3]);

        Assert.Equal("Sold. Last: Month 2: This year 30, Before 3. Highest: Month 1: This year 1500, Before 2.",
            chart.Find("[role=img]").GetAttribute("aria-label"));
        Assert.Equal(["This year", "Before"], chart.FindAll(".chart-legend li").Select(l => l.TextContent));
        Assert.Equal("Month 1: This year 1500, Before 2", chart.FindAll(".chart-slot input")[1].GetAttribute("aria-label"));
        // One stop of Tab for all: a group, of which the newest is chosen.
        Assert.Single(chart.FindAll(".chart-slot input").Select(i => i.GetAttribute("name")).Distinct());
        Assert.True(chart.FindAll(".chart-slot input")[2].HasAttribute("checked"));
        Assert.Equal(["Month 2", "30", "3"], chart.FindAll("tbody tr")[0].Children.Select(c => c.TextContent));
        Assert.Equal("Sold", chart.Find("caption").TextContent);
        // Nothing within the picture takes the focus.
        Assert.Empty(chart.FindAll("[role=img] :is(a, button, input, [tabindex])"));
    }

    [Fact]
    public void Axis_IsShort_AndInTheCultureOfTheUser()
    {
        Assert.Equal(["0", "500k", "1M", "1.5M"], Ticks("en-GB", 1_400_000));
        Assert.Equal(["0", "0,5", "1", "1,5"], Ticks("de-DE", 130, 100));
        Assert.Equal(["−200", "−100", "0", "100"], Ticks("es-ES", 100, 1, -200));

        List<string> Ticks(string culture, long value, long unit = 1, long other = 0)
        {
            var before = CultureInfo.CurrentCulture;
            try
            {
                CultureInfo.CurrentCulture = new(culture);
                return [.. Line([other, value], unit: unit).FindAll(".chart-tick > span").Select(t => t.TextContent)];
            }
            finally
            {
                CultureInfo.CurrentCulture = before;
            }
        }
    }

    [Fact]
    public void Columns_StackUpwards_AndHangBelowZero()
    {
        var chart = Columns([[10, 0, 0], [30, 0, 5], [-20, 0, 0]]);

        // The axis goes from −20 to 40: 10 and 30 stand on zero at a third, 20 hangs from it.
        Assert.Equal(["bottom:33.333%;height:16.667%", "bottom:50%;height:50%", "bottom:0%;height:33.333%", "bottom:33.333%;height:8.333%"],
            chart.FindAll(".chart-part").Select(p => p.GetAttribute("style")));
        Assert.Equal(["tone-t0", "tone-t1 is-top", "tone-t2 is-bottom", "tone-t1 is-top"],
            chart.FindAll(".chart-part").Select(p => p.ClassName!["chart-part ".Length..].Trim()));
        Assert.Equal(12, chart.FindAll("tbody :is(td, th)").Count);
    }

    [Fact]
    public void Columns_OfHugeOrNoValues_StayWithinTheirPicture()
    {
        foreach (var values in new long[][][] { [[]], [[0]], [[long.MaxValue], [long.MaxValue]], [[long.MinValue], [1]] })
        {
            foreach (var part in Columns(values).FindAll(".chart-part"))
            {
                var numbers = part.GetAttribute("style")!.Split(':', '%')
                    .Where(n => double.TryParse(n, CultureInfo.InvariantCulture, out _))
                    .Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToList();
                Assert.InRange(numbers[0], -0.01, 200);
                Assert.InRange(numbers[1], 0, 200);
            }
        }
    }

    [Fact]
    public void Labels_GoEveryOtherOne_UntilTheyFit_TheLastOneStays()
    {
        var places = Line([.. Enumerable.Range(0, 31).Select(i => (long)i)]).Find(".chart-places");

        Assert.Equal("--places:31;--letters:3", places.GetAttribute("style"));
        var steps = places.Children.Select(c => int.Parse(c.GetAttribute("style")!["--step:".Length..], CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(31, steps[^1]);
        // Whichever step has room, the labels that are left stand as far from each other as it says.
        foreach (var step in new[] { 1, 2, 4, 8, 16 })
        {
            var left = steps.Index().Where(s => s.Item >= step).Select(s => s.Index).ToList();
            Assert.All(left.Zip(left.Skip(1)), pair => Assert.Equal(step, pair.Second - pair.First));
        }
    }

    private IRenderedComponent<LineChart> Line(long[] values, long[]? before = null, long unit = 1) => Render<LineChart>(p => p
        .Add(x => x.Id, "chart").Add(x => x.Title, "Sold").Add(x => x.PlaceTitle, "Month").Add(x => x.Places, Places(values.Length))
        .Add(x => x.Values, new ChartSeries("This year", values, "main"))
        .Add(x => x.Before, before is null ? null : new ChartSeries("Before", before, "before"))
        .Add(x => x.Format, v => v.ToString(CultureInfo.InvariantCulture)).Add(x => x.Unit, unit));

    private IRenderedComponent<StackedColumns> Columns(long[][] values) => Render<StackedColumns>(p => p
        .Add(x => x.Id, "chart").Add(x => x.Title, "Sold").Add(x => x.PlaceTitle, "Month").Add(x => x.Places, Places(values[0].Length))
        .Add(x => x.Series, [.. values.Select((v, i) => new ChartSeries($"S{i}", v, $"t{i}"))])
        .Add(x => x.Format, v => v.ToString(CultureInfo.InvariantCulture)));

    private static List<ChartPlace> Places(int count) => [.. Enumerable.Range(0, count).Select(i => new ChartPlace($"M{i}", $"Month {i}"))];
}
