using System.Globalization;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Reports;

namespace CrmPortal.Tests.Reports;

public sealed class ReportDatesTests
{
    private static readonly DateOnly Today = new(2026, 3, 10);

    [Theory]
    [InlineData("last_30_days", "2026-02-08", "2026-03-09", "2026-01-09", "2026-02-07")]
    [InlineData("this_week", "2026-03-09", "2026-03-10", "2026-03-07", "2026-03-08")]
    [InlineData("last_week", "2026-03-02", "2026-03-08", "2026-02-23", "2026-03-01")]
    [InlineData("this_month", "2026-03-01", "2026-03-10", "2026-02-19", "2026-02-28")]
    [InlineData("last_month", "2026-02-01", "2026-02-28", "2026-01-01", "2026-01-31")]
    [InlineData("this_quarter", "2026-01-01", "2026-03-10", "2025-10-24", "2025-12-31")]
    [InlineData("last_quarter", "2025-10-01", "2025-12-31", "2025-07-01", "2025-09-30")]
    [InlineData("this_year", "2026-01-01", "2026-03-10", "2025-10-24", "2025-12-31")]
    [InlineData("last_year", "2025-01-01", "2025-12-31", "2024-01-01", "2024-12-31")]
    [InlineData("last_12_months", "2025-04-01", "2026-03-10", "2024-04-22", "2025-03-31")]
    public void Period_HasItsDays_AndAsManyBefore(string period, string from, string until, string fromBefore, string untilBefore)
    {
        var dates = ReportDates.Of(ReportChoice.Parse("period=" + period), Today);

        Assert.Equal((Day(from), Day(until)), (dates.From, dates.Until));
        Assert.Equal((Day(fromBefore), Day(untilBefore)), (dates.Before.From, dates.Before.Until));
    }

    [Fact]
    public void Parts_CoverEachDayOnce_HoweverAPeriodIsDivided()
    {
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            var from = Today.AddDays(-random.Next(3_000));
            var dates = new ReportDates(from, from.AddDays(random.Next(200)), Enum.GetValues<ReportGrouping>()[i % 5]);

            var parts = dates.Parts;

            Assert.Equal(Enumerable.Range(dates.From.DayNumber, dates.Until.DayNumber - dates.From.DayNumber + 1),
                parts.SelectMany(p => Enumerable.Range(p.First.DayNumber, p.Last.DayNumber - p.First.DayNumber + 1)));
            Assert.Equal(parts.Count, parts.Select(p => p.Name).Distinct().Count());
            // Every day of a part is of its name, and no other one is.
            Assert.All(parts, p => Assert.Equal([p.Name], new[] { dates.NameOf(p.First), dates.NameOf(p.Last) }.Distinct()));
        }
    }

    [Theory]
    [InlineData("period=chosen", "From Until")]
    [InlineData("period=chosen&from=2026-02-01", "Until")]
    [InlineData("period=chosen&from=2026-02-01&until=2026-01-31", "Until")]
    [InlineData("period=chosen&from=1999-02-01&until=2026-01-31", "Until")]
    [InlineData("period=chosen&from=0001-01-01&until=9999-12-31", "From")]
    [InlineData("period=chosen&from=2020-01-01&until=2026-01-31&by=day", "By")]
    public void Chosen_DaysThatAreWrong_AreToldBesideTheirFields(string choice, string fields)
    {
        var violation = Assert.Throws<RuleViolationException>(() => ReportDates.Of(ReportChoice.Parse(choice), Today));

        Assert.Equal(fields.Split(' '), violation.Errors.Select(e => e.Field));
    }

    [Theory]
    [InlineData("")]
    [InlineData("period=last_12_months&by=week")]
    [InlineData("period=last_90_days")]
    [InlineData("period=chosen&from=2026-01-05&until=2026-02-01&by=quarter")]
    public void Choice_IsReadAsItWasWritten(string text) => Assert.Equal(text, ReportChoice.Parse(text).ToString());

    [Theory]
    [InlineData("period=for_ever&by=hour&from=yesterday&until=&x")]
    [InlineData("=&&==&period=&period=last_week")]
    [InlineData(null)]
    public void Choice_ThatIsNone_IsAsUsual(string? text) => Assert.Equal(new ReportChoice(), ReportChoice.Parse(text));

    [Theory]
    [InlineData("2026-11", "Nov 2026")]
    [InlineData("2026-Q4", "Q4 2026")]
    [InlineData("2026-W09", "W09 2026")]
    [InlineData("2026", "2026")]
    [InlineData("2026-11-05", "05/11/2026")]
    [InlineData("Total", "Total")]
    public void Part_IsCalledAsPeopleDo(string name, string said) =>
        Assert.Equal(said, ReportDates.Said(name, CultureInfo.GetCultureInfo("en-GB")));

    [Theory]
    [InlineData(ReportFrequency.Daily, 0, "2026-03-11")]
    [InlineData(ReportFrequency.Weekly, 1, "2026-03-16")]
    [InlineData(ReportFrequency.Weekly, 2, "2026-03-17")]
    [InlineData(ReportFrequency.Weekly, 3, "2026-03-11")]
    [InlineData(ReportFrequency.Weekly, 7, "2026-03-15")]
    [InlineData(ReportFrequency.Monthly, 10, "2026-04-10")]
    [InlineData(ReportFrequency.Monthly, 11, "2026-03-11")]
    [InlineData(ReportFrequency.Monthly, 28, "2026-03-28")]
    [InlineData(ReportFrequency.Never, 0, null)]
    public void Schedule_NextDay_IsTheFirstOneAfterToday(ReportFrequency frequency, int day, string? next) =>
        Assert.Equal(next is null ? null : Day(next), SavedReportService.NextAfter(Today, frequency, day));

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
