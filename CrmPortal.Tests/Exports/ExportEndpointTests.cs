using System.Net;
using System.Text;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Features.Exports;
using CrmPortal.Tests.Imports;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CrmPortal.Tests.Exports;

/// <summary>The files of the customer list by HTTP.</summary>
public sealed class ExportEndpointTests
{
    [Theory]
    [InlineData("csv", "text/csv")]
    [InlineData("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")]
    [InlineData("pdf", "application/pdf")]
    [InlineData("json", "application/json")]
    public async Task Get_ByManager_IsAFileToSave_ThatNobodyKeeps(string format, string type)
    {
        await using var app = await TestApp.StartAsync();
        await AddAsync(app, "Ada", "Grace");
        using var client = await app.ClientAsAsync(RoleNames.Manager);

        using var answer = await client
            .GetAsync(new Uri($"/exports/customers.{format}?sort=name&order=up&columns=status,city", UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Matches($@"^customers-\d{{4}}-\d\d-\d\d\.{format}$", answer.Content.Headers.ContentDisposition.FileName!.Trim('"'));
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.True((await answer.Content.ReadAsByteArrayAsync()).Length > 50);
    }

    [Fact]
    public async Task Get_Csv_HasHeadingsOfTheLanguage_AndTheColumnsAndRowsOfTheAddress()
    {
        await using var app = await TestApp.StartAsync();
        await AddAsync(app, "Grace", "Ada", "=cmd");
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("es");

        var text = await client.GetStringAsync(new Uri("/exports/customers.csv?sort=name&order=up&columns=status,city", UriKind.Relative));

        var lines = text.TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.Contains("Estado", lines[0], StringComparison.Ordinal);
        Assert.Equal(["'=cmd", "Ada", "Grace"], lines.Skip(1).Select(l => l.Split(',')[1]).Order(StringComparer.Ordinal));
        Assert.All(lines, line => Assert.Equal(5, line.Split(',').Length));
    }

    [Theory]
    [InlineData("for=people", "Website,English,Germany,no")]
    [InlineData("for=programs", "website,en,DE,false")]
    public async Task Get_Csv_IsForPeopleOrForPrograms_AndTheImportReadsBoth(string audience, string expected)
    {
        // A day behind the twelfth: of an earlier one the import would ask which of its numbers is the month.
        var clock = new TestClock();
        clock.Advance(TimeSpan.FromDays(15));
        await using var app = await TestApp.StartAsync(configure: s => s.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock)));
        long id;
        await using (var system = app.AsSystem())
        {
            id = (await system.Customers.CreateAsync(
                new() { GivenName = "Ada", FamilyName = "Lovelace", Source = CustomerSource.Website, Language = "en" },
                    CancellationToken.None)).Customer.Id;
            await system.Get<AddressService>()
                .SaveAsync(id, null, new() { Line1 = "1", City = "Bonn", Country = "DE" }, CancellationToken.None);
        }

        using var client = await app.ClientAsAsync(RoleNames.Manager);
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");

        var text = await client
            .GetStringAsync(new Uri($"/exports/customers.csv?columns=source,language,country,created&{audience}", UriKind.Relative));

        var cells = text.TrimStart('\uFEFF').Split("\r\n")[1].Split(',');
        Assert.Equal(expected, $"{cells[3]},{cells[4]},{cells[5]},{cells[2]}");
        await using var manager = await app.AsRoleAsync(RoleNames.Manager);
        var read = await manager.ImportAsync(text);
        Assert.Equal((1, 0, 0), (read.Rows, read.Rejected, read.Customers.New));
        Assert.Empty(read.Notices);
        var customer = (await manager.Customers.GetAsync(id, CancellationToken.None))!;
        Assert.Equal((CustomerSource.Website, "en", false), (customer.Source, customer.Language, customer.IsVip));
    }

    [Theory]
    [InlineData("?filter=nonsense")]
    [InlineData("?ids=1,x")]
    [InlineData("?filter=unknown:is:1")]
    public async Task Get_WhatCannotBeRead_IsASentence(string query)
    {
        await using var app = await TestApp.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Manager);

        using var answer = await client.GetAsync(new Uri("/exports/customers.csv" + query, UriKind.Relative));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
        Assert.EndsWith(".", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_WithoutPermission_IsRefused_AndByNobodyAskedToSignIn()
    {
        await using var site = await AccountApp.StartAsync(DatabaseKind.Sqlite);
        var staff = await site.AddUserAsync(RoleNames.Staff);
        var browser = site.OpenBrowser();
        await browser.SignInAsync(staff.Email, AccountApp.Password);
        var address = new Uri("/exports/customers.csv", UriKind.Relative);

        using var refused = await browser.Http.GetAsync(address);
        using var unknown = await site.OpenBrowser().Http.GetAsync(address);
        using var nowhere = await browser.Http.GetAsync(new Uri("/exports/customers.exe", UriKind.Relative));

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.EndsWith(".", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, unknown.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
    }

    [Fact]
    public async Task Get_Raw_NeedsItsOwnPermission()
    {
        await using var app = await TestApp.StartAsync();
        await AddAsync(app, "=cmd");
        using var manager = await app.ClientAsAsync(RoleNames.Manager);
        using var administrator = await app.ClientAsAsync(RoleNames.Administrator);
        var address = new Uri("/exports/customers.csv?raw=true", UriKind.Relative);

        using var refused = await manager.GetAsync(address);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains(",=cmd,", await administrator.GetStringAsync(address), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_FaultInTheMiddle_BreaksTheAnswerOff()
    {
        async IAsyncEnumerable<object?[]> Failing()
        {
            for (var i = 0; i < 10_000; i++) yield return ["a row that is long enough to be sent in pieces"];
            await Task.Yield();
            throw new InvalidOperationException("The database went away.");
        }

        await using var app = await TestApp.StartAsync();
        await using var scope = app.AsSystem();
        var context = new DefaultHttpContext { RequestServices = scope.Services };
        var lifetime = new Lifetime();
        context.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
        var body = new MemoryStream();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));

        await ExportAnswer.SendAsync(context, "broken", "csv", (_, _) => Task.FromResult(ExportSamples.Texts() with { Rows = Failing() }));

        Assert.True(lifetime.IsAborted);
        Assert.StartsWith("\uFEFFText", Encoding.UTF8.GetString(body.ToArray()), StringComparison.Ordinal);
    }

    private static async Task AddAsync(TestApp app, params string[] names)
    {
        await using var system = app.AsSystem();
        foreach (var name in names) await system.Customers.CreateAsync(new() { GivenName = name }, CancellationToken.None);
    }

    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        public bool IsAborted { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsAborted = true;
    }
}
