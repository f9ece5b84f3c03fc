using System.Globalization;
using CrmPortal.Core.Tickets;

namespace CrmPortal.Tests.Tickets.Sla;

/// <summary>
/// Stories of tickets in a calendar that is open from Monday to Friday, 09:00 to 12:00 and 13:00 to 17:00 in UTC; 23 November 2026 is a
/// Monday. Promised are an answer within two hours, a further one within one hour, and a solution within eight.
/// </summary>
public sealed class SlaCalculatorTests
{
    private static readonly BusinessHours Office = BusinessHours.Parse("""
        {"zone":"UTC","week":{"monday":["09:00-12:00","13:00-17:00"],"tuesday":["09:00-12:00","13:00-17:00"],
        "wednesday":["09:00-12:00","13:00-17:00"],"thursday":["09:00-12:00","13:00-17:00"],"friday":["09:00-12:00","13:00-17:00"]},
        "holidays":["2026-11-26"]}
        """);

    private static readonly SlaTargets Promised = new(TimeSpan.FromHours(2), TimeSpan.FromHours(1), TimeSpan.FromHours(8));

    [Fact]
    public void New_WaitsForTheFirstAnswer_OverLunch()
    {
        var state = State("23 11:30", "23 11:00 Created");

        Assert.Equal(At("23 14:00"), state.FirstResponseDue);
        Assert.Equal(new(SlaStatus.Pending, TimeSpan.FromMinutes(90)), state.FirstResponse);
        Assert.Equal(At("24 12:00"), state.ResolutionDue);
        Assert.Equal(At("23 11:00"), state.WaitingSince);
        Assert.Equal(state.FirstResponseDue, state.NextDue);
        Assert.Equal(SlaStatus.NotApplicable, state.NextResponse.Status);
    }

    [Fact]
    public void Weekend_AndHoliday_CountNothing()
    {
        Assert.Equal(At("30 11:00"), State("28 12:00", "28 10:00 Created").FirstResponseDue);
        Assert.Equal(At("27 10:00"), State("26 12:00", "25 16:00 Created").FirstResponseDue);
    }

    [Fact]
    public void FirstAnswer_InTime_IsMet_AndNothingWaits()
    {
        var state = State("23 15:00", "23 11:00 Created", "23 13:30 AgentReplied");

        Assert.Equal(new(SlaStatus.Met, TimeSpan.FromMinutes(30)), state.FirstResponse);
        Assert.Equal(At("23 13:30"), state.FirstResponseAt);
        Assert.Equal(At("23 14:00"), state.FirstResponseDue);
        Assert.Null(state.WaitingSince);
        Assert.Null(state.NextResponseDue);
        Assert.Equal(state.ResolutionDue, state.NextDue);
    }

    [Fact]
    public void FirstAnswer_ExactlyWhenDue_IsMet_AMinuteLaterIsNot()
    {
        Assert.Equal(new(SlaStatus.Met, TimeSpan.Zero), State("23 17:00", "23 09:00 Created", "23 11:00 AgentReplied").FirstResponse);
        Assert.Equal(new(SlaStatus.Breached, TimeSpan.FromMinutes(-1)),
            State("23 17:00", "23 09:00 Created", "23 11:01 AgentReplied").FirstResponse);
    }

    [Fact]
    public void NextAnswer_IsDueForTheOldestMessageThatWaits()
    {
        var state = State("24 09:30", "23 09:00 Created", "23 10:00 AgentReplied", "23 16:30 CustomerWrote", "24 09:10 CustomerWrote");

        Assert.Equal(At("23 16:30"), state.WaitingSince);
        Assert.Equal(At("24 09:30"), state.NextResponseDue);
        Assert.Equal(new(SlaStatus.Pending, TimeSpan.Zero), state.NextResponse);
        Assert.Equal(state.NextResponseDue, state.NextDue);
    }

    [Fact]
    public void NextAnswers_AreCounted()
    {
        var state = State("24 15:00", "23 09:00 Created", "23 10:00 AgentReplied", "23 10:00 CustomerWrote", "23 10:30 AgentReplied",
            "23 11:00 CustomerWrote", "23 15:00 AgentReplied", "23 15:30 CustomerWrote", "23 16:00 AgentReplied");

        Assert.Equal((2, 1), (state.NextResponsesMet, state.NextResponsesBreached));
        Assert.Equal(new(SlaStatus.Met, TimeSpan.FromMinutes(30)), state.NextResponse);
        Assert.Null(state.WaitingSince);
    }

    [Fact]
    public void Pause_OverTheNight_MovesWhatIsDueByTheBusinessTimeOfThePause()
    {
        var state = State("24 11:00", "23 09:00 Created", "23 10:00 AgentReplied", "23 16:00 Paused", "24 10:00 Resumed");

        Assert.Equal(TimeSpan.FromHours(2), state.HeldTime);
        // Six hours have passed until the pause; two are left from ten o'clock on.
        Assert.Equal(At("24 12:00"), state.ResolutionDue);
        Assert.Equal(new(SlaStatus.Pending, TimeSpan.FromHours(1)), state.Resolution);
        Assert.False(state.IsPaused);
    }

    [Fact]
    public void Paused_NothingIsDue_AndTheDueMoves()
    {
        string[] history = ["23 09:00 Created", "23 10:00 Paused"];

        var (early, late) = (State("23 10:30", history), State("23 15:00", history));

        Assert.True(early.IsPaused);
        Assert.Null(early.NextDue);
        Assert.Equal((At("23 11:30"), At("23 16:00")), (early.FirstResponseDue, late.FirstResponseDue));
        Assert.Equal(new(SlaStatus.Pending, TimeSpan.FromHours(1)), late.FirstResponse);
        Assert.Equal(TimeSpan.FromHours(4), late.HeldTime);
    }

    [Fact]
    public void Customer_WhoWritesWhilePaused_Resumes_WithOrWithoutTheMoment()
    {
        string[] history = ["23 09:00 Created", "23 10:00 AgentReplied", "23 10:00 Paused", "23 14:00 CustomerWrote"];

        var without = State("23 14:30", history);
        var with = State("23 14:30", [.. history, "23 14:00 Resumed"]);

        Assert.Equal(with, without);
        Assert.Equal(At("23 15:00"), without.NextResponseDue);
        Assert.False(without.IsPaused);
    }

    [Fact]
    public void Solved_StopsTheClock_AndReopened_GoesOnWhereItStopped()
    {
        string[] history = ["23 09:00 Created", "23 10:00 AgentReplied", "23 12:00 Solved"];

        var solved = State("25 09:00", history);
        var again = State("25 10:00", [.. history, "25 09:00 CustomerWrote", "25 09:00 Reopened"]);

        Assert.Equal(At("23 12:00"), solved.SolvedAt);
        Assert.Equal(new(SlaStatus.Met, TimeSpan.FromHours(5)), solved.Resolution);
        Assert.Null(solved.NextDue);
        Assert.Null(again.SolvedAt);
        Assert.Equal(At("25 15:00"), again.ResolutionDue);
        Assert.Equal(At("25 10:00"), again.NextResponseDue);
        Assert.Equal(new(SlaStatus.Pending, TimeSpan.FromHours(4)), again.Resolution);
    }

    [Fact]
    public void Solved_TooLate_IsBreached()
    {
        var state = State("27 09:00", "23 09:00 Created", "23 09:30 AgentReplied", "24 11:00 Solved", "25 09:00 Closed");

        Assert.Equal(new(SlaStatus.Breached, TimeSpan.FromHours(-1)), state.Resolution);
        Assert.Equal((At("24 10:00"), At("24 11:00")), (state.ResolutionDue, state.SolvedAt));
    }

    [Fact]
    public void Solved_WithoutAWord_InTimeNeedsNoAnswer_TooLateIsLate()
    {
        Assert.Equal(SlaStatus.NotApplicable, State("24 09:00", "23 09:00 Created", "23 10:00 Solved").FirstResponse.Status);
        Assert.Equal(SlaStatus.Breached, State("24 09:00", "23 09:00 Created", "23 15:00 Solved").FirstResponse.Status);
        Assert.Equal(1, State("24 09:00", "23 09:00 Created", "23 09:30 AgentReplied", "23 10:00 CustomerWrote", "23 14:00 Solved")
            .NextResponsesBreached);
    }

    [Fact]
    public void MessageOfAgent_NeedsNoFirstAnswer_ButTheCustomersAnswerDoes()
    {
        var sent = State("24 09:00", "23 09:00 CreatedByAgent");
        var answered = State("24 09:30", "23 09:00 CreatedByAgent", "24 09:15 CustomerWrote");

        Assert.Equal(SlaStatus.NotApplicable, sent.FirstResponse.Status);
        Assert.Null(sent.FirstResponseDue);
        Assert.Null(sent.WaitingSince);
        Assert.Equal(At("24 10:15"), answered.NextResponseDue);
        Assert.Equal(At("24 09:15"), answered.WaitingSince);
    }

    [Fact]
    public void NothingPromised_NothingDue()
    {
        var state = SlaCalculator.Of([new(At("23 09:00"), TicketMomentKind.Created)], new(null, null, null), Office, At("24 09:00"));

        Assert.Equal((null, null, null, null), (state.FirstResponseDue, state.NextResponseDue, state.ResolutionDue, state.NextDue));
        Assert.Equal(At("23 09:00"), state.WaitingSince);
    }

    [Fact]
    public void SummerTime_TheLostHourIsNotCounted()
    {
        var hours = BusinessHours.Parse("""{"zone":"Europe/Berlin","week":{"sunday":["00:00-24:00"]}}""");
        var midnight = new DateTimeOffset(2026, 3, 29, 0, 0, 0, TimeSpan.FromHours(1));

        var state = SlaCalculator.Of([new(midnight, TicketMomentKind.Created)], new(TimeSpan.FromHours(4), null, null), hours, midnight);

        Assert.Equal(new DateTimeOffset(2026, 3, 29, 5, 0, 0, TimeSpan.FromHours(2)), state.FirstResponseDue);
    }

    [Theory]
    [InlineData]
    [InlineData("23 09:00 Reopened")]
    [InlineData("23 09:00 Resumed", "23 09:00 Resumed", "23 10:00 Closed", "23 10:00 Solved", "23 11:00 Paused")]
    [InlineData("23 11:00 Created", "23 09:00 AgentReplied", "23 12:00 Created", "23 10:00 Paused")]
    [InlineData("23 10:00 Paused", "23 11:00 Paused", "23 11:00 Solved", "23 11:00 Reopened", "23 11:00 Reopened")]
    [InlineData("30 09:00 Created")]
    public void ImpossibleOrders_AreNoFault(params string[] history)
    {
        var state = State("24 09:00", history);

        Assert.True(state.HeldTime >= TimeSpan.Zero);
        Assert.Equal(state, State("24 09:00", history));
    }

    [Fact]
    public void Order_OfTheList_DoesNotMatter_ButOfEqualInstants()
    {
        Assert.Equal(State("24 09:00", "23 09:00 Created", "23 10:00 AgentReplied", "23 11:00 Paused"),
            State("24 09:00", "23 11:00 Paused", "23 10:00 AgentReplied", "23 09:00 Created"));
        Assert.True(State("24 09:00", "23 09:00 Created", "23 11:00 Resumed", "23 11:00 Paused").IsPaused);
        Assert.False(State("24 09:00", "23 09:00 Created", "23 11:00 Paused", "23 11:00 Resumed").IsPaused);
    }

    private static SlaState State(string now, params string[] history) => SlaCalculator.Of(
        [.. history.Select(h => new TicketMoment(At(h[..8]), Enum.Parse<TicketMomentKind>(h[9..])))], Promised, Office, At(now));

    private static DateTimeOffset At(string text) =>
        DateTimeOffset.ParseExact("2026-11-" + text + " Z", "yyyy-MM-dd HH:mm Z", CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal);
}
