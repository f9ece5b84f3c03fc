using System.Globalization;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Tickets;

namespace CrmPortal.Tests.Tickets.Sla;

public sealed class BusinessHoursTests
{
    private const string Office = """
        {"zone":"ZONE","week":{"monday":["09:00-12:00","13:00-17:00"],"tuesday":["09:00-12:00","13:00-17:00"],
        "wednesday":["09:00-12:00","13:00-17:00"],"thursday":["09:00-12:00","13:00-17:00"],"friday":["09:00-12:00","13:00-15:00"]},
        "holidays":["2026-12-25"],"specialDays":{"2026-12-24":["09:00-11:00"]}}
        """;

    private const string DayAndNight = """
        {"zone":"ZONE","week":{"monday":["00:00-24:00"],"tuesday":["00:00-24:00"],"wednesday":["00:00-24:00"],"thursday":["00:00-24:00"],
        "friday":["00:00-24:00"],"saturday":["00:00-24:00"],"sunday":["00:00-24:00"]}}
        """;

    /// <summary>Open on Sundays from 01:00 to 04:00, where clocks are changed.</summary>
    private const string Night = """{"zone":"ZONE","week":{"sunday":["01:00-04:00"]}}""";

    [Theory]
    // Within a day, over lunch, over the night, over the weekend (2026-11-23 is a Monday; Berlin is an hour ahead of UTC).
    [InlineData(Office, "Europe/Berlin", "2026-11-23T08:00Z", "2026-11-23T10:00Z", 120)]
    [InlineData(Office, "Europe/Berlin", "2026-11-23T10:30Z", "2026-11-23T12:30Z", 60)]
    [InlineData(Office, "Europe/Berlin", "2026-11-23T15:00Z", "2026-11-24T09:00Z", 120)]
    [InlineData(Office, "Europe/Berlin", "2026-11-27T13:00Z", "2026-11-30T09:00Z", 120)]
    [InlineData(Office, "Europe/Berlin", "2026-11-28T00:00Z", "2026-11-29T22:00Z", 0)]
    // A short Christmas Eve, Christmas Day and a weekend.
    [InlineData(Office, "Europe/Berlin", "2026-12-24T09:00Z", "2026-12-28T08:30Z", 90)]
    // Backwards is nothing.
    [InlineData(Office, "Europe/Berlin", "2026-11-24T09:00Z", "2026-11-23T09:00Z", 0)]
    // The same calendar elsewhere.
    [InlineData(Office, "America/New_York", "2026-11-23T14:00Z", "2026-11-23T16:00Z", 120)]
    [InlineData(Office, "Asia/Kathmandu", "2026-11-23T03:15Z", "2026-11-23T05:15Z", 120)]
    // A skipped hour counts nothing, a repeated one twice.
    [InlineData(Night, "Europe/Berlin", "2026-03-28T20:00Z", "2026-03-29T20:00Z", 120)]
    [InlineData(Night, "Europe/Berlin", "2026-10-24T20:00Z", "2026-10-25T20:00Z", 240)]
    [InlineData(Night, "America/New_York", "2026-03-08T00:00Z", "2026-03-08T20:00Z", 120)]
    [InlineData(Night, "America/New_York", "2026-11-01T00:00Z", "2026-11-01T20:00Z", 240)]
    [InlineData(Night, "Europe/Dublin", "2026-03-28T20:00Z", "2026-03-29T20:00Z", 120)]
    [InlineData(Night, "Europe/Dublin", "2026-10-24T20:00Z", "2026-10-25T20:00Z", 240)]
    [InlineData(Night, "Africa/Casablanca", "2025-02-22T12:00Z", "2025-02-23T12:00Z", 240)]
    [InlineData(Night, "Africa/Casablanca", "2025-04-05T12:00Z", "2025-04-06T12:00Z", 120)]
    [InlineData(Night, "Australia/Lord_Howe", "2026-04-04T06:00Z", "2026-04-05T06:00Z", 210)]
    [InlineData(Night, "Australia/Lord_Howe", "2026-10-03T06:00Z", "2026-10-04T06:00Z", 150)]
    // Whole days of 23, 25 and 24.5 hours, and a day that Samoa left out.
    [InlineData(DayAndNight, "Europe/Berlin", "2026-03-28T23:00Z", "2026-03-29T22:00Z", 23 * 60)]
    [InlineData(DayAndNight, "Europe/Berlin", "2026-10-24T22:00Z", "2026-10-25T23:00Z", 25 * 60)]
    [InlineData(DayAndNight, "Pacific/Apia", "2011-12-29T00:00Z", "2012-01-01T00:00Z", 3 * 24 * 60)]
    // Clocks put back over midnight: 00:01 became 23:01 of the day before.
    [InlineData(DayAndNight, "America/St_Johns", "2010-11-06T12:00Z", "2010-11-08T12:00Z", 2 * 24 * 60)]
    public void Between_CountsWhatPassesWhileTheClockShowsAnOpenTime(string json, string zone, string from, string to, int minutes)
    {
        var hours = Hours(json, zone);

        Assert.Equal(TimeSpan.FromMinutes(minutes), hours.Between(At(from), At(to)));
    }

    [Theory]
    [InlineData(Office, "Europe/Berlin", "2026-11-23T08:30Z", 60, "2026-11-23T09:30Z")]
    [InlineData(Office, "Europe/Berlin", "2026-11-23T10:30Z", 60, "2026-11-23T12:30Z")]
    // Exactly to the end of an open time is that end and not the next beginning.
    [InlineData(Office, "Europe/Berlin", "2026-11-23T10:00Z", 60, "2026-11-23T11:00Z")]
    // From outside of the hours, and over the weekend.
    [InlineData(Office, "Europe/Berlin", "2026-11-22T10:00Z", 60, "2026-11-23T09:00Z")]
    [InlineData(Office, "Europe/Berlin", "2026-11-27T13:30Z", 60, "2026-11-30T08:30Z")]
    [InlineData(Office, "Europe/Berlin", "2026-12-24T09:30Z", 60, "2026-12-28T08:30Z")]
    // Nothing to wait for is now, open or not.
    [InlineData(Office, "Europe/Berlin", "2026-11-22T10:00Z", 0, "2026-11-22T10:00Z")]
    [InlineData(Night, "Europe/Berlin", "2026-10-24T20:00Z", 180, "2026-10-25T02:00Z")]
    [InlineData(Night, "Europe/Berlin", "2026-03-28T20:00Z", 121, "2026-04-04T23:01Z")]
    [InlineData(DayAndNight, "America/St_Johns", "2010-11-07T02:00Z", 60, "2010-11-07T03:00Z")]
    public void After_IsTheInstantAtWhichSoMuchHasPassed(string json, string zone, string from, int minutes, string expected)
    {
        var hours = Hours(json, zone);

        Assert.Equal(At(expected), hours.After(At(from), TimeSpan.FromMinutes(minutes)));
    }

    [Fact]
    public void After_AndNextOpening_AreNullWhereNobodyEverWorks()
    {
        var never = new BusinessHours(LocalZone.Utc, new Dictionary<DayOfWeek, IReadOnlyList<OpenTime>>());

        Assert.Null(never.After(At("2026-11-23T10:00Z"), TimeSpan.FromMinutes(1)));
        Assert.Null(never.NextOpening(At("2026-11-23T10:00Z")));
        Assert.Equal(TimeSpan.Zero, never.Between(At("2026-11-23T10:00Z"), At("2027-11-23T10:00Z")));
        Assert.Null(BusinessHours.Always.After(At("2026-11-23T10:00Z"), TimeSpan.MaxValue));
    }

    [Fact]
    public void NextOpening_IsNowWhereItIsOpen_ElseTheNextBeginning()
    {
        var hours = Hours(Office, "Europe/Berlin");

        Assert.Equal(At("2026-11-23T08:30Z"), hours.NextOpening(At("2026-11-23T08:30Z")));
        Assert.Equal(At("2026-11-23T12:00Z"), hours.NextOpening(At("2026-11-23T11:00Z")));
        Assert.Equal(At("2026-12-28T08:00Z"), hours.NextOpening(At("2026-12-24T10:00Z")));
    }

    [Fact]
    public void IsOpen_HasTheBeginningAndNotTheEnd()
    {
        var hours = Hours(Office, "Europe/Berlin");

        Assert.False(hours.IsOpen(At("2026-11-23T07:59Z")));
        Assert.True(hours.IsOpen(At("2026-11-23T08:00Z")));
        Assert.True(hours.IsOpen(At("2026-11-23T10:59Z")));
        Assert.False(hours.IsOpen(At("2026-11-23T11:00Z")));
        Assert.False(hours.IsOpen(At("2026-12-25T09:00Z")));
    }

    [Fact]
    public void Always_CountsEverything()
    {
        var (from, to) = (At("2026-03-01T10:17Z"), At("2026-04-05T23:59Z"));

        Assert.Equal(to - from, BusinessHours.Always.Between(from, to));
        Assert.Equal(to, BusinessHours.Always.After(from, to - from));
        Assert.True(BusinessHours.Always.IsOpen(from));
    }

    [Fact]
    public void EndsOfTheCalendar_AreNoFault()
    {
        var hours = Hours(DayAndNight, "Pacific/Kiritimati");

        Assert.Null(hours.After(DateTimeOffset.MaxValue, TimeSpan.FromHours(1)));
        Assert.True(hours.Between(DateTimeOffset.MaxValue.AddDays(-5), DateTimeOffset.MaxValue) > TimeSpan.FromDays(2));
        Assert.True(hours.After(DateTimeOffset.MinValue, TimeSpan.FromHours(1)) < DateTimeOffset.MinValue.AddDays(1));
        Assert.Equal(DateTimeOffset.MinValue.AddHours(1), BusinessHours.Always.After(DateTimeOffset.MinValue, TimeSpan.FromHours(1)));
    }

    [Fact]
    public void ToJson_ReadsBack()
    {
        var hours = Hours(Office, "Europe/Berlin");

        var again = BusinessHours.Parse(hours.ToJson());

        Assert.Equal(hours.ToJson(), again.ToJson());
        Assert.Equal("Europe/Berlin", again.Zone.Id);
        Assert.Equal([new(540, 720), new(780, 900)], again.Of(DayOfWeek.Friday));
        Assert.Equal([new(540, 660)], again.Of(new DateOnly(2026, 12, 24)));
        Assert.Empty(again.Of(new DateOnly(2026, 12, 25)));
    }

    [Theory]
    [InlineData("", "These are no business hours.")]
    [InlineData("[]", "These are no business hours.")]
    [InlineData("null", "These are no business hours.")]
    [InlineData("""{"zone":"UTC","wek":{}}""", "These are no business hours.")]
    [InlineData("""{"zone":"Europe/Atlantis"}""", "There is no time zone Europe/Atlantis.")]
    [InlineData("""{"week":{}}""", "There is no time zone .")]
    [InlineData("""{"zone":"UTC","week":{"someday":[]}}""", "There is no day someday in a week.")]
    [InlineData("""{"zone":"UTC","week":{"3":[]}}""", "There is no day 3 in a week.")]
    [InlineData("""{"zone":"UTC","week":{"monday":[],"Monday":[]}}""", "The day Monday is given twice.")]
    [InlineData("""{"zone":"UTC","week":{"monday":["9-17"]}}""", "9-17 is no open time; write it as 09:00-17:30.")]
    [InlineData("""{"zone":"UTC","week":{"monday":[null]}}""", " is no open time; write it as 09:00-17:30.")]
    [InlineData("""{"zone":"UTC","week":{"monday":["09:00-24:01"]}}""", "09:00-24:01 is no open time; write it as 09:00-17:30.")]
    [InlineData("""{"zone":"UTC","week":{"monday":["17:00-09:00"]}}""", "An open time ends after it begins.")]
    [InlineData("""{"zone":"UTC","week":{"monday":["13:00-17:00","09:00-12:00"]}}""",
        "The open times of a day follow one another and do not overlap.")]
    [InlineData("""{"zone":"UTC","week":{"monday":["09:00-12:00","11:59-17:00"]}}""",
        "The open times of a day follow one another and do not overlap.")]
    [InlineData("""{"zone":"UTC","holidays":["24.12.2026"]}""", "24.12.2026 is no date; write it as 2026-12-24.")]
    public void Parse_WhatIsWrong_IsSaid(string json, string message) =>
        Assert.Equal(message, Assert.Throws<RuleViolationException>(() => BusinessHours.Parse(json)).Message);

    [Fact]
    public void Parse_MoreThanIsKept_IsRefused()
    {
        var times = string.Join(',', Enumerable.Range(0, 11).Select(i => $"\"{i:00}:00-{i:00}:30\""));
        var days = string.Join(',', Enumerable.Range(0, 401)
            .Select(i => $"\"{new DateOnly(2026, 1, 1).AddDays(i).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}\""));

        Assert.Equal("A day has at most 10 open times.",
            Assert.Throws<RuleViolationException>(() =>
                BusinessHours.Parse($$$"""{"zone":"UTC","week":{"monday":[{{{times}}}]}}""")).Message);
        Assert.Equal("At most 400 holidays can be kept.",
            Assert.Throws<RuleViolationException>(() => BusinessHours.Parse($$$"""{"zone":"UTC","holidays":[{{{days}}}]}""")).Message);
        Assert.Equal("At most 400 special days can be kept.", Assert.Throws<RuleViolationException>(() =>
            BusinessHours.Parse($$$"""{"zone":"UTC","specialDays":{{{{days.Replace("\",", "\":[],", StringComparison.Ordinal)}}}:[]}}""")).Message);
    }

    private static BusinessHours Hours(string json, string zone) => BusinessHours.Parse(json.Replace("ZONE", zone,
        StringComparison.Ordinal));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
