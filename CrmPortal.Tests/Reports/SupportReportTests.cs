using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Core.Reports;
using CrmPortal.Core.Segments;
using CrmPortal.Core.Tickets;
using CrmPortal.Tests.Exports;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Reports;

/// <summary>Figures of support, compared with somebody who counts the tickets one by one.</summary>
public sealed class SupportReportTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What each figure that leads to tickets must lead to.</summary>
    private static readonly Dictionary<SupportFigure, Func<SupportFigures, long>> Led = new()
    {
        [SupportFigure.New] = f => f.New, [SupportFigure.Solved] = f => f.Solved, [SupportFigure.Reopened] = f => f.Reopened,
        [SupportFigure.Backlog] = f => f.Backlog, [SupportFigure.MessagesIn] = f => f.In.Tickets,
        [SupportFigure.MessagesOut] = f => f.Out.Tickets, [SupportFigure.FirstResponse] = f => f.FirstResponse.Tickets,
        [SupportFigure.Resolution] = f => f.Resolution.Tickets, [SupportFigure.FirstDecided] = f => f.First.Kept + f.First.Missed,
        [SupportFigure.FirstMissed] = f => f.First.Missed, [SupportFigure.NextDecided] = f => f.Next.Kept + f.Next.Missed,
        [SupportFigure.NextMissed] = f => f.Next.Missed, [SupportFigure.SolutionDecided] = f => f.Solution.Kept + f.Solution.Missed,
        [SupportFigure.SolutionMissed] = f => f.Solution.Missed, [SupportFigure.SolutionMetLate] = f => f.Solution.MetLate,
        [SupportFigure.Asked] = f => f.Satisfaction.Asked,
        [SupportFigure.Answered] = f => f.Satisfaction.Answered, [SupportFigure.Good] = f => f.Satisfaction.Good,
        [SupportFigure.NotGood] = f => f.Satisfaction.Answered - f.Satisfaction.Good,
    };

    /// <summary>From how many tickets each column is reckoned: a percentage from all of which it is a share.</summary>
    private static readonly Dictionary<string, Func<SupportFigures, long>> Reckoned = new()
    {
        ["new"] = f => f.New, ["solved"] = f => f.Solved, ["reopened"] = f => f.Reopened, ["backlog"] = f => f.Backlog,
        ["messages_in"] = f => f.In.Tickets, ["messages_out"] = f => f.Out.Tickets, ["first_response"] = f => f.FirstResponse.Tickets,
        ["first_response_mean"] = f => f.FirstResponse.Tickets, ["first_response_90"] = f => f.FirstResponse.Tickets,
        ["first_sla"] = f => f.First.Kept + f.First.Missed, ["first_missed"] = f => f.First.Missed,
        ["next_sla"] = f => f.Next.Kept + f.Next.Missed, ["next_missed"] = f => f.Next.Missed,
        ["resolution"] = f => f.Resolution.Tickets, ["resolution_mean"] = f => f.Resolution.Tickets,
        ["resolution_90"] = f => f.Resolution.Tickets, ["resolution_sla"] = f => f.Solution.Kept + f.Solution.Missed,
        ["resolution_missed"] = f => f.Solution.Missed, ["late"] = f => f.Solution.MetLate, ["asked"] = f => f.Satisfaction.Asked,
        ["answered"] = f => f.Satisfaction.Answered, ["response_rate"] = f => f.Satisfaction.Asked,
        ["satisfaction"] = f => f.Satisfaction.Answered, ["rating"] = f => f.Satisfaction.Answered,
    };

    [Theory]
    [InlineData(DatabaseKind.Sqlite, 1)]
    [InlineData(DatabaseKind.Sqlite, 2)]
    [InlineData(DatabaseKind.Postgres, 3)]
    public async Task EveryFigure_IsWhatACountOneByOneSays_AndLeadsToJustTheseTickets(DatabaseKind kind, int seed)
    {
        await using var desk = await SupportDesk.OpenAsync(kind, seed, Token);
        await desk.WorkAsync(420, Token);
        await desk.TalkAsync(Token);
        var tickets = await desk.ReadAsync(Token);
        var clock = desk.Data.Get<ShopClock>();
        await using var manager = await desk.Data.AsRoleAsync(RoleNames.Manager);
        var support = manager.Get<SupportReportService>();
        ReportChoice[] choices =
        [
            new(ReportPeriod.Chosen, new(2026, 3, 1), clock.Today, ReportGrouping.Week), new(ReportPeriod.Chosen, new(2026, 3, 20),
                new(2026, 4, 2), ReportGrouping.Day),
            new(ReportPeriod.Chosen, new(2025, 12, 1), new(2026, 3, 28), ReportGrouping.Month),
        ];
        SupportScope[] scopes =
        [
            new(), new() { QueueId = desk.Queues[1] }, new() { AgentId = desk.Agents[0] }, new() { AgentId = 0,
                Priority = TicketPriority.Normal },
            new() { Tag = "refund" }, new() { SegmentId = desk.Group, Channel = TicketChannel.Phone },
        ];
        var (led, some) = (0, 0);

        foreach (var (i, choice) in choices.Index())
            foreach (var scope in i == 0 ? scopes : scopes[..2])
            {
                var group = (SupportGrouping)((i + Array.IndexOf(scopes, scope) + seed) % 7);
                foreach (var by in scope == scopes[0] && i == 0 ? Enum.GetValues<SupportGrouping>() : [group])
                {
                    var report = await support.GetAsync(new(choice, scope, by), Token);
                    var counted = new SupportCount(tickets, desk, clock, scope);
                    Assert.Equal(counted.Of(report.Dates.From, report.Dates.Until), report.Total.Figures);
                    Assert.Equal(report.Dates.Parts.Select(p => (p.Name, counted.Of(p.First, p.Last))),
                        report.Parts.Select(p => (p.Key, p.Figures)));
                    Assert.Equal(counted.Groups(by, report.Dates.From, report.Dates.Until),
                        report.Groups.ToDictionary(g => g.Key, g => g.Figures));
                    Assert.Equal(counted.Hours(report.Dates.From, report.Dates.Until), report.Hours);
                    foreach (var row in report.Groups.Concat(i == 0 && by == group ? report.Parts : []).Append(report.Total))
                        foreach (var (figure, number) in Led)
                        {
                            var behind = await manager.Get<TicketService>().CountAsync(new(Filter: row.FilterOf(figure)), null, Token);
                            Assert.Equal((row.Key, figure, number(row.Figures)), (row.Key, figure, behind.Rows));
                            // Where there is no ticket, the screen has no link.
                            Assert.Equal((row.Key, figure, row.Figures.Behind(figure)), (row.Key, figure, behind.Rows));
                            led++;
                            if (behind.Rows > 0) some++;
                        }
                }
            }

        Assert.Equal(Enum.GetValues<SupportFigure>().Order(), Led.Keys.Order());
        Assert.Equal(SupportContent.Columns.Select(c => c.Name).Order(), Reckoned.Keys.Order());
        Assert.True(some > 300, $"only {some} of {led} figures had tickets behind them");
        var whole = await support.GetAsync(new(choices[0], new()), Token);
        foreach (var (hour, number) in whole.Hours.Index().Where(h => h.Item > 0 || h.Index % 30 == 0))
            Assert.Equal((hour, number), (hour, (await manager.Get<TicketService>().CountAsync(new(Filter: whole.FilterOfHour(hour)), null,
                Token)).Rows));
        foreach (var row in whole.Parts.Append(whole.Total))
            foreach (var column in SupportContent.Columns)
            {
                Assert.Equal((row.Key, column.Name, Reckoned[column.Name](row.Figures)), (row.Key, column.Name, (long)(await manager
                    .Get<TicketService>().CountAsync(new(Filter: row.FilterOf(column.Figure)), null, Token)).Rows));
                // A value that says something has tickets behind it, also where it is zero.
                Assert.True(column.Value(row.Figures) is null or 0L or 0m || row.Figures.Behind(column.Figure) > 0, $"{row.Key} {column.Name}");
                Assert.True(column.Value(row.Figures) is 0L
                    || column.Value(row.Figures) is null == (row.Figures.Behind(column.Figure) == 0), $"{row.Key} {column.Name}");
            }

        var f = whole.Total.Figures;
        Assert.All(new[] { f.New, f.Solved, f.Reopened, f.Backlog, f.First.Kept, f.First.Missed, f.Next.Kept, f.Next.Missed,
            f.Solution.Kept,
            f.Solution.Missed, f.Satisfaction.Good, f.Satisfaction.Asked - f.Satisfaction.Answered }, n => Assert.True(n > 0,
                f.ToString()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Files_HoldWhatTheScreenShows_InEveryFormat(DatabaseKind kind)
    {
        await using var desk = await SupportDesk.OpenAsync(kind, 5, Token);
        await desk.WorkAsync(80, Token);
        await using var manager = await desk.Data.AsRoleAsync(RoleNames.Manager);
        var support = manager.Get<SupportReportService>();
        var choice = new ReportChoice(ReportPeriod.Chosen, new(2026, 3, 1), new(2026, 3, 31), ReportGrouping.Week);

        foreach (var group in new SupportGrouping?[] { null, SupportGrouping.Agent, SupportGrouping.Tag, SupportGrouping.Priority })
        {
            var query = new SupportQuery(choice, new() { QueueId = desk.Queues[0] }, group);
            var report = await support.GetAsync(query, Token);
            var view = support.ViewOf(report, choice, ExportAudience.Usual);
            foreach (var format in ExportFormats.All.Where(f => f.Name != "pdf"))
            {
                var file = await ExportSamples.WriteAsync(format, await support.ExportAsync(query, format.Name, ExportAudience.Usual,
                    Token));
                Assert.Equal(ReportNumbers.Of(view), ReportNumbers.Of(format.Name, file, view));
            }

            var pdf = new PdfReader(await ExportSamples.WriteAsync(ExportFormats.All.Single(f => f.Name == "pdf"),
                await support.ExportAsync(query, "pdf", ExportAudience.Usual, Token)));
            // The last line is the whole, with every figure of it: no sum of tickets that are in several lines.
            IReadOnlyList<object?> whole = ["Whole period", .. SupportContent.Columns.Select(c => c.Value(report.Total.Figures))];
            Assert.Equal(view.Content.Rows.Select(r => r.Values).Append(whole).Select(values => values.Select((v, i) =>
                ReportDocument.Cell(view, i, v, ExportAudience.Usual)).ToList()), pdf.JoinedRows().Skip(1));
        }

        await Assert.ThrowsAsync<RuleViolationException>(() => support.ExportAsync(new(choice, new()), "doc", ExportAudience.Usual, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Agents_SeeTheirOwnFigures_AndNobodyElses(DatabaseKind kind)
    {
        await using var desk = await SupportDesk.OpenAsync(kind, 9, Token);
        await desk.WorkAsync(60, Token);
        await using var manager = await desk.Data.AsRoleAsync(RoleNames.Manager);
        var choice = new ReportChoice(ReportPeriod.Chosen, new(2026, 3, 1), new(2026, 3, 31), ReportGrouping.Week);
        var me = desk.Scopes[0];

        var own = await me.Get<SupportReportService>().GetAsync(new(choice, new() { AgentId = desk.Agents[1] }), Token);
        var same = await manager.Get<SupportReportService>().GetAsync(new(choice, new() { AgentId = me.UserId }), Token);

        Assert.True(own.IsOwn);
        Assert.False(same.IsOwn);
        Assert.Equal(same.Total.Figures, own.Total.Figures);
        await Assert.ThrowsAsync<AccessDeniedException>(() => me.Get<SupportReportService>().ExportAsync(new(choice, new()), "csv",
            ExportAudience.Usual, Token));
        await using var staff = await desk.Data.AsRoleAsync(RoleNames.Staff);
        await Assert.ThrowsAsync<AccessDeniedException>(() => staff.Get<SupportReportService>().GetAsync(new(choice, new()), Token));
        await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<SupportReportService>().GetAsync(new(choice with
        {
            From = new(2024, 1, 1),
        }, new()), Token));
        // Who is in a segment says what its rules ask.
        await using var narrow = await desk.Data.AsAsync(Permissions.TicketsWork, Permissions.ReportsView);
        await Assert.ThrowsAsync<RuleViolationException>(() => narrow.Get<SupportReportService>().GetAsync(new(choice, new()
        {
            SegmentId = desk.Group,
        }), Token));
        await Assert.ThrowsAsync<AccessDeniedException>(() => narrow.Get<SupportReportService>().GetAsync(new(choice, new(),
            SupportGrouping.Segment), Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Report_OfMoreTicketsAndDays_SendsNoMoreStatements(DatabaseKind kind)
    {
        await using var desk = await SupportDesk.OpenAsync(kind, 4, Token);
        await desk.WorkAsync(20, Token);
        var few = await CountAsync(new(ReportPeriod.Chosen, new(2026, 3, 1), new(2026, 3, 7), ReportGrouping.Day));
        await desk.WorkAsync(120, Token);
        var many = await CountAsync(new(ReportPeriod.Chosen, new(2025, 6, 1), new(2026, 5, 31), ReportGrouping.Day));

        Assert.Equal(few, many);
        Assert.True(many < 30, $"{many} statements");

        async Task<int> CountAsync(ReportChoice choice)
        {
            // Months go by between the two.
            await using var manager = await desk.Data.AsRoleAsync(RoleNames.Manager);
            await manager.Get<SupportReportService>().GetAsync(new(choice, new(), SupportGrouping.Queue), Token);
            var before = desk.Data.Commands.Count;
            await manager.Get<SupportReportService>().GetAsync(new(choice, new(), SupportGrouping.Queue), Token);
            return desk.Data.Commands.Count - before;
        }
    }
}
