using Bunit;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Features.Settings;
using CrmPortal.Resources;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Tests.Jobs;

public sealed class JobsPageTests : CrmPageTest
{
    [Fact]
    public async Task Jobs_AreShownWithWhatCameOfThem_AndAFailedOneIsRetried()
    {
        await SignInAsync(RoleNames.Manager);
        await AddAsync("import.publish", JobState.Done, done: 12, total: 12);
        await AddAsync("duplicates.scan", JobState.Failed, fault: "Something unexpected happened; see the server log.");
        var page = Render<JobsPage>();
        var rows = page.WaitForElements(".jobs tbody tr");

        Assert.Contains("Search for duplicates", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("see the server log", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Equal("/imports/7", rows[1].QuerySelector("a")!.GetAttribute("href"));
        Assert.Contains("12 done", rows[1].TextContent, StringComparison.Ordinal);

        await page.Find("button[aria-label='Retry Search for duplicates']").ClickAsync();

        page.WaitForAssertion(() => Assert.Contains("retried", page.FindAll(".jobs tbody tr")[0].TextContent, StringComparison.Ordinal));
        Assert.Equal("It is waiting to run again.", Assert.Single(Services.GetRequiredService<Toasts>().Shown).Text);
        Assert.Single(page.FindAll(".job-open"));
        Assert.Equal(1, await Data.ReadAsync(db => db.Jobs.CountAsync(j => j.State == JobState.Waiting)));
    }

    [Fact]
    public async Task Filter_OfTheAddress_ShowsThoseAlone_AndAnUnknownOneAll()
    {
        await SignInAsync(RoleNames.Manager);
        await AddAsync("import.publish", JobState.Done);
        await AddAsync("duplicates.scan", JobState.Failed);
        var navigation = Services.GetRequiredService<NavigationManager>();

        navigation.NavigateTo("/settings/jobs?state=failed");
        Assert.Single(Render<JobsPage>().WaitForElements(".jobs tbody tr"));
        navigation.NavigateTo("/settings/jobs?state=7");
        Assert.Equal(2, Render<JobsPage>().WaitForElements(".jobs tbody tr").Count);
    }

    [Fact]
    public async Task Job_ThatBeginsElsewhere_AppearsByItself()
    {
        await SignInAsync(RoleNames.Manager);
        var page = Render<JobsPage>();
        page.WaitForAssertion(() => Assert.Contains("Nothing is running.", page.Markup, StringComparison.Ordinal));

        await AddAsync("duplicates.scan", JobState.Waiting);
        Data.Clock.Advance(TimeSpan.FromSeconds(5));

        page.WaitForAssertion(() => Assert.Single(page.FindAll(".job-open")));
    }

    [Fact]
    public async Task Kinds_OfAllJobs_HaveAName()
    {
        await using var system = Data.AsSystem();
        var texts = Services.GetRequiredService<IStringLocalizer<Texts>>();

        Assert.All(system.Services.GetServices<IJobHandler>(), h => Assert.NotEqual(h.Kind, JobLabels.Kind(texts, h.Kind)));
    }

    private Task AddAsync(string kind, JobState state, string? fault = null, long done = 0, long total = 0) => Data.WriteAsync(db =>
    {
        var now = Data.Clock.GetUtcNow();
        db.Jobs.Add(new()
        {
            Kind = kind, SubjectId = 7, OwnerName = "Mona", CreatedAt = now, StartedAt = now, EndedAt = now.AddSeconds(3), State = state,
            Fault = fault, Done = done, Total = total,
        });
        return Task.CompletedTask;
    });
}
