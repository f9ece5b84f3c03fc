using System.Globalization;
using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Imports.Migration;

/// <summary>The exports of other systems come in by what is proposed, whole and only once.</summary>
public sealed class MigrationImportTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customers_OfEachFile_ComeInAsTheyAre_AndOnlyOnce(DatabaseKind kind)
    {
        var faults = new List<string>();
        foreach (var file in MigrationFile.All().Where(f => !f.AreOrders))
        {
            await using var services = await CreateAsync(kind, file);
            await using var system = services.AsSystem();
            var first = await ImportAsync(system, file);
            if ((first.Rejected, first.Customers.New) != (0, file.Rows)) faults.Add(
                $"{file.Name}: {first.Rejected} rejected, {first.Customers.New} new: {string.Join(' ', first.Rejections.Select(Say))}");
            await CompareAsync(services, file, faults);
            await CompareConsentsAsync(services, file, faults);
            var second = await ImportAsync(system, file);
            await CompareAsync(services, file, faults);
            if ((second.Rejected, second.Customers.New, second.Customers.Changed) != (0, 0, 0)) faults.Add(
                $"{file.Name} again: {second.Rejected} rejected, {second.Customers.New} new, {second.Customers.Changed} changed: "
                + string.Join("; ", second.Differences.Take(2)
                    .SelectMany(d => d.Fields.Select(f => f.Key + " " + string.Join("→", f.Value)))));
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Orders_OfEachFile_ComeInAsTheyAre_AndOnlyOnce(DatabaseKind kind)
    {
        var faults = new List<string>();
        foreach (var file in MigrationFile.All().Where(f => f.AreOrders))
        {
            await using var services = await CreateAsync(kind, file);
            await using var system = services.AsSystem();
            var first = await ImportAsync(system, file);
            if ((first.Rejected, first.Orders.New, first.Customers.New) != (0, file.Values.Count(), file.CustomersCreated)) faults.Add(
                $"{file.Name}: {first.Rejected} rejected, {first.Orders.New} orders, {first.Customers.New} customers: "
                + string.Join(' ', first.Rejections.Select(Say)));
            await CompareOrdersAsync(services, file, faults);
            await services.AssertFiguresAsync();
            var second = await ImportAsync(system, file);
            if ((second.Rejected, second.Orders.New, second.Orders.Changed, second.Refunds.New, second.Customers.New) != (0, 0, 0, 0, 0))
                faults.Add($"{file.Name} again: {second.Rejected} rejected, {second.Orders.New} new orders, "
                    + $"{second.Orders.Changed} changed, {second.Refunds.New} new refunds, {second.Customers.New} new customers");
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private static async Task CompareOrdersAsync(TestServices services, MigrationFile file, List<string> faults)
    {
        var orders = await services.ReadAsync(db => db.Orders.Include(o => o.Lines).Include(o => o.Customer).ToListAsync(Token));
        var refunds = await services.ReadAsync(db => db.RefundLines.Where(l => l.OrderId != null).ToListAsync(Token));
        foreach (var expected in file.Values)
        {
            var number = expected.GetProperty("order").GetString();
            if (orders.Find(o => o.ExternalId == number) is not { } order)
            {
                faults.Add($"{file.Name}: there is no order {number}");
                continue;
            }

            var back = refunds.Where(r => r.OrderId == order.Id).Sum(r => r.Amount) / 100m;
            var goods = expected.GetProperty("goods").GetDecimal();
            if (order.Total / 100m != goods) faults.Add($"{file.Name}: {number} costs {order.Total / 100m}, not {goods}");
            var who = expected.GetProperty("customer").GetString();
            if (order.Customer?.Email != who && order.Customer?.DisplayName != who)
                faults.Add($"{file.Name}: {number} is of {order.Customer?.DisplayName}, not {who}");
            var status = expected.GetProperty("status").GetString();
            var isBack = status?.StartsWith("kept", StringComparison.Ordinal) == true;
            if (back != (isBack ? goods : 0) || (status is not null && !isBack && order.Status.ToString() != status))
                faults.Add($"{file.Name}: {number} is {order.Status}, {back} given back, not {status}");
            if (expected.GetProperty("lines") is { ValueKind: JsonValueKind.Number } lines && order.Lines.Count != lines.GetInt32())
                faults.Add($"{file.Name}: {number} has {order.Lines.Count} lines, not {lines}");
        }
    }

    private static Task<TestServices> CreateAsync(DatabaseKind kind, MigrationFile file) => TestServices.CreateAsync(kind,
        services => services.PostConfigure<ShopOptions>(shop =>
        {
            shop.Country = file.Shop.GetProperty("country").GetString()!;
            shop.Currency = file.Shop.GetProperty("currency").GetString()!;
            shop.TimeZone = file.Shop.GetProperty("timeZone").GetString()!;
        }));

    private static async Task<ImportResult> ImportAsync(TestScope system, MigrationFile file)
    {
        var id = await system.UploadAsync(file.Path);
        await system.CheckAsync(id);
        return await system.PublishAsync(id);
    }

    private static async Task CompareAsync(TestServices services, MigrationFile file, List<string> faults)
    {
        var customers = await services.ReadAsync(db => db.Customers.Include(c => c.Addresses).Include(c => c.Tags).ThenInclude(t => t.Tag)
            .ToListAsync(Token));
        foreach (var value in file.Values)
        {
            var (by, who) = value.GetProperty("match").EnumerateObject().Select(m => (m.Name, m.Value.GetString())).Single();
            var customer = customers.Find(c => (by == "email" ? c.Email : c.DisplayName) == who);
            if (customer is null) faults.Add($"{file.Name}: nobody is {who}");
            else foreach (var expected in value.GetProperty("expect").EnumerateObject())
                if (Differs(customer, expected) is { } found)
                    faults.Add($"{file.Name}: {who} {expected.Name} is {found}, not {expected.Value}");
        }
    }

    private static async Task CompareConsentsAsync(TestServices services, MigrationFile file, List<string> faults)
    {
        if (file.Consents.Count == 0) return;
        var customers = await services.ReadAsync(db => db.Customers.ToDictionaryAsync(c => c.Email!, c => c.EmailMarketing, Token));
        faults.AddRange(file.Consents.Where(c => customers.GetValueOrDefault(c.Key) != c.Value)
            .Select(c => $"{file.Name}: {c.Key} has agreed: {customers.GetValueOrDefault(c.Key)}, not {c.Value}"));
    }

    private static string? Differs(Customer customer, JsonProperty expected)
    {
        var address = customer.Addresses.SingleOrDefault(a => a.IsDefault);
        if (expected.Name is "points balance")
            return customer.Points == expected.Value.GetInt64() ? null : customer.Points.ToString(CultureInfo.InvariantCulture);
        if (expected.Name is "number") return customer.Number.StartsWith("CUST-", StringComparison.Ordinal) ? null : customer.Number;
        if (expected.Name is "line1_contains")
            return expected.Value.EnumerateArray()
                .All(p => address?.Line1.Contains(p.GetString()!, StringComparison.Ordinal) == true) ? null : address?.Line1 ?? "nothing";
        if (expected.Name is "tags")
        {
            var tags = string.Join(',', customer.Tags.Select(t => t.Tag!.Name).Order(StringComparer.Ordinal));
            return tags == string.Join(',', expected.Value.EnumerateArray().Select(t => t.GetString()).Order(StringComparer.Ordinal)) ? null
                : tags;
        }

        var found = expected.Name switch
        {
            "given_name" => customer.GivenName,
            "family_name" => customer.FamilyName,
            "phone" => customer.Phone,
            "country" => customer.Country ?? address?.Country,
            "line1" => address?.Line1,
            "line2" => address?.Line2,
            "city" => address?.City,
            "postal_code" => address?.PostalCode,
            "external_id" => customer.ExternalId,
            "date_of_birth" => customer.DateOfBirth?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            "gender" => customer.Gender.ToString(),
            "language" => customer.Language,
            "created" => customer.CreatedAt.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture),
            _ => "unknown to this test",
        };
        found = string.IsNullOrEmpty(found) ? null : found;
        return found == expected.Value.GetString() ? null : found ?? "nothing";
    }

    private static string Say(ImportNotice notice) => string.Format(CultureInfo.InvariantCulture, notice.Sentence, [.. notice.Arguments]);
}
