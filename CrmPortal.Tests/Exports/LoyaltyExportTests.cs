using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Exports;

/// <summary>The files of the ledger, of the loyalty overview and of a what-if by HTTP, in every format.</summary>
public sealed class LoyaltyExportTests
{
    private static readonly Dictionary<string, string> Types = new()
    {
        ["csv"] = "text/csv", ["json"] = "application/json", ["pdf"] = "application/pdf",
            ["xlsx"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Get_ByManager_IsAFileWithItsNameAndCells_InEveryFormat(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var (customer, draft) = await FillAsync(app, client);
        (string Path, string Name, string[][] Rows)[] files =
        [
            ($"customers/{customer}/points", "points", [["Welcome", "200", "200"], ["Discount", "-50", "150"], ["Sorry", "7", "157"]]),
            ("loyalty-metrics", "loyalty-metrics",
                [["Members", "1"], ["Points issued", "207"], ["Points redeemed", "50"], ["Points outstanding", "157"],
                ["Redemption rate in percent", "24.2"]]),
            ("loyalty-liability", "loyalty-liability", [["207", "50", "157"]]),
            ("loyalty-expiries", "loyalty-expiries", [["Never", "0"], ["157"]]),
            ($"what-if-{draft}", "what-if", [["3", "90", "60", "30"], ["4", "80", "100", "-20"]]),
        ];

        foreach (var (path, name, expected) in files)
        {
            foreach (var (format, type) in Types)
            {
                using var answer = await client.GetAsync($"/exports/{path}.{format}");
                Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}.{format}: {(int)answer.StatusCode}");
                Assert.Equal((type, "attachment"),
                    (answer.Content.Headers.ContentType!.MediaType, answer.Content.Headers.ContentDisposition!.DispositionType));
                Assert.Matches($@"^{name}-\d{{4}}-\d\d-\d\d\.{format}$", answer.Content.Headers.ContentDisposition.FileName!.Trim('"'));
                Assert.True(answer.Headers.CacheControl!.NoStore);

                var rows = Cells(format, await answer.Content.ReadAsByteArrayAsync());
                foreach (var cells in expected)
                    Assert.True(rows.Any(row => cells.All(row.Contains)),
                    $"{path}.{format} has no {string.Join(" | ", cells)}:\n{string.Join('\n', rows.Select(r => string.Join(" | ", r)))}");
            }
        }

        using var filtered = await client.GetAsync($"/exports/customers/{customer}/points.csv?kind=redeemed");
        Assert.Equal(2, Cells("csv", await filtered.Content.ReadAsByteArrayAsync()).Count);
        using var statement = await client.GetAsync($"/exports/customers/{customer}/statement.pdf");
        Assert.Matches(@"^statement-\d{4}-\d\d-\d\d\.pdf$", statement.Content.Headers.ContentDisposition!.FileName!.Trim('"'));
        var lines = Cells("pdf", await statement.Content.ReadAsByteArrayAsync());
        Assert.Equal(["200", "150", "157"], lines.Skip(1).Select(l => l[5]));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Get_WithoutThePermission_IsRefused_AndWhatIsNotThereIsASentence(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var manager = await app.ClientAsAsync(RoleNames.Manager);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        using var customer = await app.ClientAsAsync(RoleNames.Customer);
        using var nobody = app.CreateClient();
        var (id, draft) = await FillAsync(app, manager);

        foreach (var path in new[] { $"customers/{id}/points", "loyalty-metrics", "loyalty-liability", "loyalty-expiries",
            $"what-if-{draft}" })
        {
            foreach (var format in Types.Keys)
            {
                foreach (var client in new[] { staff, customer })
                {
                    using var refused = await client.GetAsync($"/exports/{path}.{format}");
                    Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
                }
            }

            using var unknown = await nobody.GetAsync($"/exports/{path}.csv");
            Assert.Equal(HttpStatusCode.Redirect, unknown.StatusCode);
            using var nowhere = await manager.GetAsync($"/exports/{path}.exe");
            Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
        }

        // A statement is for whoever serves the customer.
        Assert.Equal(HttpStatusCode.OK, (await staff.GetAsync($"/exports/customers/{id}/statement.pdf")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await customer.GetAsync($"/exports/customers/{id}/statement.pdf")).StatusCode);
        foreach (var path in new[] { "customers/999/points.csv", "customers/999/statement.pdf", "what-if-999.csv" })
        {
            using var missing = await manager.GetAsync("/exports/" + path);
            Assert.Equal(HttpStatusCode.BadRequest, missing.StatusCode);
            Assert.EndsWith(".", await missing.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync("/exports/loyalty-nothing.csv")).StatusCode);
    }

    /// <summary>A customer with three entries, and a draft with the outcome of a what-if.</summary>
    private static async Task<(long Customer, long Draft)> FillAsync(TestApp app, HttpClient client)
    {
        var customer = (long)(await client.CreateCustomerAsync("""{"name":"Ada Lovelace"}"""))["id"]!;
        await using var system = app.AsSystem();
        var ledger = system.Get<LedgerService>();
        await ledger.EarnAsync(new() { CustomerId = customer, Points = 200, Reason = "Welcome", ExpiryDays = 60 }, null, Token);
        await ledger.RedeemAsync(new() { CustomerId = customer, Points = 50, Reason = "Discount" }, null, Token);
        await ledger.EarnAsync(new() { CustomerId = customer, Points = 7, Reason = "Sorry", ExpiryDays = 60 }, null, Token);
        var draft = (await system.Get<ProgrammeService>().SaveDraftAsync(null, "Draft", new(), null, Token))!.Part.Id;
        await using var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        var side = new WhatIfSide(draft, "Draft", 170, 170, 170);
        var result = new WhatIfResult(
            DateTimeOffset.UnixEpoch, new(2026, 1, 1), new(2026, 2, 28), 7, 1, 1, side, side,
                [new(new(2026, 1, 1), 3, 90, 60), new(new(2026, 2, 1), 4, 80, 100)], [], []);
        await WhatIfService.KeepAsync(db, draft, new(2, result), Token);
        return (customer, draft);
    }

    private static List<List<string>> Cells(string format, byte[] file)
    {
        switch (format)
        {
            case "csv":
                return [.. Encoding.UTF8.GetString(file).TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
                    .Select(l => l.Split(',').ToList())];
            case "json":
                return [.. JsonNode.Parse(file)!.AsArray().Select(row => row!.AsObject().Select(c => c.Value?.ToString() ?? "").ToList())];
            case "pdf":
                // Signs are typographic on paper.
                return [.. new PdfReader(file).Rows().Select(row => row.ConvertAll(c => c.Replace('−', '-')))];
            default:
                XNamespace main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
                using (var zip = new ZipArchive(new MemoryStream(file)))
                using (var sheet = zip.GetEntry("xl/worksheets/sheet1.xml")!.Open())
                    return [.. XDocument.Load(sheet).Descendants(main + "row")
                        .Select(r => r.Elements(main + "c").Select(c => c.Value).ToList())];
        }
    }
}
