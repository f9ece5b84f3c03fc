using System.Net;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Tickets;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Fields;

/// <summary>Fields that a shop adds to its tickets.</summary>
public sealed class TicketFieldTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Value_OfEachType_IsKept_Filtered_Audited_AndUndone(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await AddFieldsAsync(data.AsSystem());
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var tickets = agent.Get<TicketService>();
        var full = await CreateAsync(tickets, new()
        {
            ["parcel"] = " JD 7 ", ["weight"] = "2.50", ["sent_on"] = "2026-05-01", ["carrier"] = "POST", ["insured"] = "true",
        });
        var bare = await CreateAsync(tickets, []);

        Assert.Equal("carrier:Post insured:yes parcel:JD 7 sent_on:2026-05-01 weight:2.5", Said(full));
        Assert.Equal("", Said(bare));
        foreach (var (filter, ids) in new[]
        {
            ("field.parcel:is:jd 7", $"{full.Id}"), ("field.parcel:starts:jd", $"{full.Id}"), ("field.weight:more:2", $"{full.Id}"),
            ("field.weight:between:2.5,3", $"{full.Id}"), ("field.weight:less:2", ""), ("field.sent_on:before:2026-05-02", $"{full.Id}"),
            ("field.carrier:any:Post", $"{full.Id}"), ("field.carrier:none:Post", $"{bare.Id}"), ("field.insured:yes", $"{full.Id}"),
            ("field.insured:no", ""), ("field.parcel:empty", $"{bare.Id}"), ("field.parcel:present", $"{full.Id}"),
        }) Assert.Equal((filter, ids), (filter, await FindAsync(tickets, filter)));

        var version = (await tickets.GetAsync(full.Id, Token))!.Version;
        var changed = (await tickets.ChangeAsync(full.Id, new() { Fields = new Dictionary<string, string?> { ["weight"] = "9",
            ["parcel"] = " " } },
            Token))!;
        Assert.Equal("carrier:Post insured:yes sent_on:2026-05-01 weight:9", Said(changed.Part));
        Assert.True(changed.Part.Version > version);
        Assert.Equal(($"{full.Id}", ""), (await FindAsync(tickets, "field.weight:more:8"), await FindAsync(tickets,
            "field.parcel:present")));
        Assert.Contains("\"weight\":\"9\"", await data.ReadAsync(db => db.AuditEntries.Where(e => e.ChangeSetId == changed.ChangeSetId)
            .Select(e => e.Values).FirstAsync(Token)) is { } values ? values.Replace("\\\"", "\"", StringComparison.Ordinal)
                .Replace("\\u0022", "\"", StringComparison.Ordinal) : "", StringComparison.Ordinal);
        await agent.Get<UndoService>().UndoAsync(changed.ChangeSetId!.Value, false, Token);
        Assert.Equal("carrier:Post insured:yes parcel:JD 7 sent_on:2026-05-01 weight:2.5", Said((await tickets.GetAsync(full.Id, Token))!));
        Assert.Equal(($"{full.Id}", ""), (await FindAsync(tickets, "field.parcel:present"), await FindAsync(tickets,
            "field.weight:more:8")));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Fields_OfCustomersAndTickets_ShareKeysAndNothingElse(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();
        var fields = system.Get<CustomFieldService>();
        await fields.AddAsync(new() { Label = "Size" }, Token);
        await fields.AddAsync(new() { Label = "Size", Subject = CustomFieldSubject.Ticket, Type = CustomFieldType.Number }, Token);
        var customer = await data.AddCustomerAsync();
        var tickets = system.Get<TicketService>();

        await fields.SetAsync(customer.Id, "size", "large", Token);
        var ticket = await tickets.CreateAsync(new() { CustomerId = customer.Id, Subject = "a", Text = "b",
            Fields = new Dictionary<string, string?> { ["size"] = "7" } }, Token);

        Assert.Equal("size:7", Said(ticket));
        Assert.Equal("large", Assert.Single(await fields.OfCustomerAsync(customer.Id, Token)).Value);
        await Assert.ThrowsAsync<RuleViolationException>(() => fields.AddAsync(new() { Label = "Size",
            Subject = CustomFieldSubject.Ticket }, Token));
        var secret = await Assert.ThrowsAsync<RuleViolationException>(() =>
            fields.AddAsync(new() { Label = "Pin", Subject = CustomFieldSubject.Ticket, IsSensitive = true }, Token));
        Assert.Equal("IsSensitive", secret.Errors.Single().Field);
        var number = await Assert.ThrowsAsync<RuleViolationException>(() => tickets.ChangeAsync(ticket.Id,
            new() { Fields = new Dictionary<string, string?> { ["size"] = "large", ["other"] = "1" } }, Token));
        Assert.Equal(["Fields.other", "Fields.size"], number.Errors.Select(e => e.Field).Order());
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        Assert.Single(await staff.Get<CustomFieldService>().ListAsync(false, Token));
        await Assert.ThrowsAsync<AccessDeniedException>(() => staff.Get<CustomFieldService>().ListAsync(false, Token,
            CustomFieldSubject.Ticket));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Program_WritesAndReadsThem(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        await AddFieldsAsync(app.AsSystem());
        using var client = await app.ClientAsAsync(RoleNames.SupportAgent);

        var made = await (await client.SendAsync(HttpMethod.Post, "/api/tickets",
            """{"contact_name": "Bo", "subject": "a", "text": "b", "custom_fields": {"parcel": "JD7", "weight": "3"}}""")).ReadAsync();
        Assert.Equal(("JD7", "3"), ((string)made["custom_fields"]!["parcel"]!, (string)made["custom_fields"]!["weight"]!));
        var address = $"/api/tickets/{made["id"]}";
        var changed = await (await client.SendAsync(HttpMethod.Patch, address,
            """{"custom_fields": {"parcel": null, "insured": "no"}}""")).ReadAsync();
        Assert.Equal("insured,weight", string.Join(',', changed["custom_fields"]!.AsObject().Select(f => f.Key).Order()));
        Assert.Equal(1, (int)(await (await client.GetAsync("/api/tickets?filter=field.weight:more:2")).ReadAsync())["total"]!);
        foreach (var body in new[] { """{"custom_fields": {"weight": "heavy"}}""", """{"custom_fields": {"none": "1"}}""",
            """{"custom_fields": {"a\u0000": "1"}}""" })
            await (await client.SendAsync(HttpMethod.Patch, address, body)).ProblemAsync(HttpStatusCode.BadRequest);
        await (await client.GetAsync("/api/tickets?filter=field.weight:more:heavy")).ProblemAsync(HttpStatusCode.BadRequest);
    }

    private static async Task AddFieldsAsync(TestScope system)
    {
        await using var scope = system;
        var fields = scope.Get<CustomFieldService>();
        foreach (var (label, type, choices) in new[]
        {
            ("Parcel", CustomFieldType.Text, null), ("Weight", CustomFieldType.Number, null), ("Sent on", CustomFieldType.Date, null),
            ("Carrier", CustomFieldType.Choice, "Post\nCourier"), ("Insured", CustomFieldType.YesNo, (string?)null),
        }) await fields.AddAsync(new() { Subject = CustomFieldSubject.Ticket, Label = label, Type = type, Choices = choices }, Token);
    }

    private static Task<TicketDetails> CreateAsync(TicketService tickets, Dictionary<string, string?> fields) =>
        tickets.CreateAsync(new() { ContactName = "Bo", Subject = "a", Text = "b", Fields = fields }, Token);

    private static async Task<string> FindAsync(TicketService tickets, string filter) =>
        string.Join(' ', (await tickets.ListAsync(new(Filter: filter), new(1, 10), Token)).Items.Select(t => t.Id));

    private static string Said(TicketDetails ticket) => string.Join(' ', ticket.Fields.Where(f => f.Value is not null)
        .Select(f => $"{f.Field.Key}:{f.Value}").Order(StringComparer.Ordinal));
}
