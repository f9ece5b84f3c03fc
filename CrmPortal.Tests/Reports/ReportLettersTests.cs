using System.Text;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Reports;
using CrmPortal.Tests.Exports;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Reports;

/// <summary>Reports as the web program sends and answers them.</summary>
public sealed class ReportLettersTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Mail_IsInTheReadersLanguage_AndItsFileToo()
    {
        await using var app = await TestApp.StartAsync(settings: new() { ["Shop:BaseUrl"] = "https://crm.example/" });
        await using var manager = await app.AsRoleAsync(RoleNames.Manager);
        await manager.Get<ProfileService>().SetLanguageAsync("es", Token);
        await manager.Get<SavedReportService>().SaveAsync(null, new("Cada día", "orders", new(), ReportFrequency.Daily, 0, "pdf",
            [manager.UserId]), null, Token);
        await using (var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null))
            await db.SavedReports.ExecuteUpdateAsync(r => r.SetProperty(x => x.NextOn, x => x.NextOn!.Value.AddDays(-1)), Token);

        await using (var system = app.AsSystem())
        {
            await system.Services.GetServices<IJobHandler>().Single(j => j.Kind == "reports.deliver")
                .RunAsync(0, new Progress<JobProgress>(), Token);
        }

        await using var read = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        var mail = await read.OutgoingMails.Include(m => m.Files).SingleAsync(Token);
        Assert.Equal("Cada día de CrmPortal", mail.Subject);
        Assert.Contains("aquí está el informe «Cada día».", mail.Text, StringComparison.Ordinal);
        Assert.Contains("Ingresos: ", mail.Text, StringComparison.Ordinal);
        Assert.Contains("https://crm.example/reports/kept/1", mail.Text, StringComparison.Ordinal);
        var file = Assert.Single(mail.Files);
        Assert.Matches(@"^orders-\d{4}-\d\d-\d\d\.pdf$", file.Name);
        Assert.Contains("Periodo", new PdfReader(file.Content).Rows()[0]);
    }

    [Fact]
    public async Task File_IsForThoseWhoMayExportReports_AndWhatIsWrongIsASentence()
    {
        await using var app = await TestApp.StartAsync();
        using var manager = await app.ClientAsAsync(RoleNames.Manager);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);

        var csv = await manager.GetByteArrayAsync(Address("/exports/reports/orders.csv?period=last_month&by=month"), Token);
        Assert.StartsWith("\uFEFFPeriod,Revenue (EUR),Orders", Encoding.UTF8.GetString(csv), StringComparison.Ordinal);
        using var refused = await staff.GetAsync(Address("/exports/reports/orders.csv"), Token);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, refused.StatusCode);
        foreach (var (wrong, sentence) in new[] { ("orders.csv?period=chosen", "Choose the first day. Choose the last day."),
            ("nothing.pdf", "There is no such report."), ("staff-activity.csv", "There is no such report.") })
        {
            using var answer = await manager.GetAsync(Address("/exports/reports/" + wrong), Token);
            Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Equal(sentence, await answer.Content.ReadAsStringAsync(Token));
        }

        using var gone = await manager.GetAsync(Address("/exports/kept-reports/99.pdf"), Token);
        Assert.Equal("There is no such report.", await gone.Content.ReadAsStringAsync(Token));
    }

    private static Uri Address(string path) => new(path, UriKind.Relative);
}
