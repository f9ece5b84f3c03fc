using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Mail;
using CrmPortal.Core.Reports;
using CrmPortal.Tests.Exports;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Reports;

public sealed class SavedReportTests
{
    private static readonly ReportChoice Monthly = ReportChoice.Parse("period=last_month&by=week");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Report_IsSaved_Changed_Removed_AndComesBackWithItsSchedule(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        data.Clock.Set(ReportShop.At(2026, 3, 10));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var reports = manager.Get<SavedReportService>();

        var saved = (await reports.SaveAsync(null, Input(" For the bank ", ReportFrequency.Monthly, 5, "pdf", manager.UserId), null, Token))!.Part;

        Assert.Equal(("For the bank", ReportFrequency.Monthly, 5, "pdf", new DateOnly(2026, 4, 5)),
            (saved.Name, saved.Frequency, saved.Day, saved.Format, saved.NextOn));
        Assert.Equal([(manager.UserId, true)], saved.Recipients.Select(r => (r.UserId, r.MaySee)));
        Assert.Equal(Monthly, saved.Choice);
        Assert.True((await Assert.ThrowsAsync<RuleViolationException>(() =>
            reports.SaveAsync(null, Input("FOR THE BANK", ReportFrequency.Never, 0, null), null, Token))).IsDuplicate);

        var changed = (await reports.SaveAsync(saved.Id, Input("Weekly", ReportFrequency.Weekly, 5, null, manager.UserId), saved.Version,
            Token))!.Part;
        Assert.Equal(("Weekly", null, new DateOnly(2026, 3, 13)), (changed.Name, changed.Format, changed.NextOn));
        await Assert.ThrowsAsync<ConcurrencyConflictException>(() =>
            reports.SaveAsync(saved.Id, Input("Mine", ReportFrequency.Never, 0, null), saved.Version, Token));

        var removal = await reports.DeleteAsync(saved.Id, Token);
        Assert.Empty(await reports.ListAsync(Token));
        await manager.Get<UndoService>().UndoAsync(removal!.Value, false, Token);
        var back = Assert.Single(await reports.ListAsync(Token));
        Assert.Equal((new DateOnly(2026, 3, 13), 1), (back.NextOn, back.Recipients.Count));
        Assert.Null(await reports.DeleteAsync(999, Token));
        Assert.Null(await reports.SaveAsync(999, Input("New", ReportFrequency.Never, 0, null), null, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Save_WhatIsWrong_IsToldBesideItsField(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var reports = manager.Get<SavedReportService>();

        await WrongAsync("Name", Input(" ", ReportFrequency.Never, 0, null));
        await WrongAsync("Day", Input("A", ReportFrequency.Weekly, 8, null));
        await WrongAsync("Day", Input("A", ReportFrequency.Monthly, 29, null));
        await WrongAsync("Format", Input("A", ReportFrequency.Daily, 0, "exe", manager.UserId));
        // Who may not see it, and who does not exist.
        await WrongAsync("RecipientIds", Input("A", ReportFrequency.Daily, 0, "pdf", staff.UserId));
        await WrongAsync("RecipientIds", Input("A", ReportFrequency.Daily, 0, "pdf", 9_999));
        await WrongAsync("Until", Input("A", ReportFrequency.Never, 0, null) with { Choice = ReportChoice.Parse("period=chosen&from=2026-01-01") });
        Assert.Null(await reports.SaveAsync(null, Input("A", ReportFrequency.Never, 0, null) with { Report = "nothing" }, null, Token));
        Assert.Empty(await reports.ListAsync(Token));
        Assert.Contains(await reports.PossibleRecipientsAsync("orders", Token), p => p.UserId == manager.UserId);
        Assert.DoesNotContain(await reports.PossibleRecipientsAsync("orders", Token), p => p.UserId == staff.UserId);

        async Task WrongAsync(string field, SavedReportInput input) => Assert.Equal([field],
            (await Assert.ThrowsAsync<RuleViolationException>(() => reports.SaveAsync(null, input, null, Token))).Errors
                .Select(e => e.Field));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Due_IsMadeOnce_KeptAsOfItsDay_AndMailedToWhoMaySeeIt_WhateverNodesThereAre(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await ReportShop.OpenAsync(data, Token);
        data.Clock.Set(ReportShop.At(2026, 3, 31));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await using var other = await data.AsRoleAsync(RoleNames.Manager);
        var saved = (await manager.Get<SavedReportService>().SaveAsync(null,
            Input("Monthly", ReportFrequency.Monthly, 1, "xlsx", manager.UserId, other.UserId), null, Token))!.Part;
        await RunAsync(data);
        Assert.Empty(await MailsAsync(data));
        // One of the two may no longer see it, and the program was down on the day on which it was due.
        await data.WriteAsync(db => db.UserRoles.Where(r => r.UserId == other.UserId).ExecuteDeleteAsync(Token));
        data.Clock.Set(ReportShop.At(2026, 5, 2));
        await using var second = TestServices.On(data.Database, data.Clock);

        await Task.WhenAll(RunAsync(data), RunAsync(second));
        await RunAsync(data);

        await using var reader = await data.AsRoleAsync(RoleNames.Manager);
        var run = Assert.Single(await reader.Get<ReportService>().RunsAsync(null, Token));
        Assert.Equal(("Monthly", new DateOnly(2026, 3, 1), new DateOnly(2026, 3, 31)), (run.Heading, run.Dates!.From, run.Dates.Until));
        var mail = Assert.Single(await MailsAsync(data));
        Assert.Equal((await data.ReadAsync(db => db.Users.SingleAsync(u => u.Id == manager.UserId, Token))).Email, mail.To);
        Assert.Equal($"orders {run.Id}", mail.Text);
        Assert.Equal("orders.xlsx", Assert.Single(mail.Files).Name);
        var after = Assert.Single(await reader.Get<SavedReportService>().ListAsync(Token));
        Assert.Equal((new DateOnly(2026, 6, 1), run.Id), (after.NextOn, after.LastRunId));
        Assert.Equal([(manager.UserId, true), (other.UserId, false)], after.Recipients.OrderBy(r => r.UserId)
            .Select(r => (r.UserId, r.MaySee)));
        Assert.Equal(saved.Id, after.Id);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Due_OneThatFails_HoldsNoOtherUp_AndStaysDue_WithNothingHalfDone(DatabaseKind kind)
    {
        var letters = new FailingLetters();
        await using var data = await TestServices.CreateAsync(kind, services => services.AddSingleton<IReportLetters>(letters));
        data.Clock.Set(ReportShop.At(2026, 3, 10));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        foreach (var name in new[] { "A", "B" })
        {
            await manager.Get<SavedReportService>().SaveAsync(null, Input(name, ReportFrequency.Daily, 0, "csv", manager.UserId), null,
                Token);
        }

        data.Clock.Set(ReportShop.At(2026, 3, 11));
        letters.Fails = "A";
        await Assert.ThrowsAsync<RuleViolationException>(() => RunAsync(data));

        Assert.Equal(["B"], (await manager.Get<ReportService>().RunsAsync(null, Token)).Select(r => r.Heading));
        Assert.Single(await MailsAsync(data));
        letters.Fails = null;
        await RunAsync(data);
        Assert.Equal(["A", "B"], (await manager.Get<ReportService>().RunsAsync(null, Token)).Select(r => r.Heading));
        Assert.Equal(2, (await MailsAsync(data)).Count);
    }

    private static SavedReportInput Input(string name, ReportFrequency frequency, int day, string? format, params long[] recipients) =>
        new(name, "orders", Monthly, frequency, day, format, recipients);

    private static async Task RunAsync(TestServices data)
    {
        await using var system = data.AsSystem();
        await system.Services.GetServices<IJobHandler>().OfType<ReportDelivery>().Single()
            .RunAsync(0, new Progress<JobProgress>(), Token);
    }

    private static Task<List<OutgoingMail>> MailsAsync(TestServices data) =>
        data.ReadAsync(db => db.OutgoingMails.Include(m => m.Files).OrderBy(m => m.Id).ToListAsync(Token));

    /// <summary>Letters that cannot be written for one report.</summary>
    private sealed class FailingLetters : IReportLetters
    {
        private readonly TestReportLetters _letters = new();

        public string? Fails { get; set; }

        public (string Subject, string Text) Write(User reader, ReportView view, long runId) =>
            view.Heading == Fails ? throw new InvalidOperationException("No words.") : _letters.Write(reader, view, runId);

        public Task<OutgoingMailFile> AttachAsync(User reader, ReportView view, string format, CancellationToken cancellationToken) =>
            _letters.AttachAsync(reader, view, format, cancellationToken);
    }
}
