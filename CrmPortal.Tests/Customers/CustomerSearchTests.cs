using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Search;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Customers;

public sealed class CustomerSearchTests
{
    /// <summary>What is typed, and the names that must be found: the same on both databases.</summary>
    private static readonly (string Typed, string[] Found)[] Cases =
    [
        ("Muller", ["Müller"]), ("müller", ["Müller"]), ("MÜLL", ["Müller"]), ("lodz", ["Łódź"]), ("Łódź", ["Łódź"]),
            ("strasse", ["Straße"]), ("straße", ["Straße"]),
        ("jose garcia", ["José García"]), ("garcia jose", ["José García"]), ("gar jos", ["José García"]), ("arc", ["José García"]),
        ("ar", []), ("ga", ["José García"]), ("j g", ["José García"]), ("jo", ["José García", "Jo++"]),
        ("obrien", ["O'Brien"]), ("o'brien", ["O'Brien"]), ("O’Brien", ["O'Brien"]),
        ("田太", ["山田太郎"]), ("太郎", ["山田太郎"]), ("山田太郎", ["山田太郎"]), ("山", ["山田太郎"]), ("田太郎", ["山田太郎"]),
        ("Иван", ["Иван Петров"]), ("петров иван", ["Иван Петров"]), ("ив", ["Иван Петров"]),
        ("100%", ["100%_sure"]), ("%_s", ["100%_sure"]), ("_", []), ("%", []), ("0_s", []), ("\"quoted\"", ["\"Quoted\" name"]),
            ("\"", ["\"Quoted\" name"]), ("quoted", ["\"Quoted\" name"]),
        ("AND", ["Sandra AND OR"]), ("NOT", []), ("or", ["Sandra AND OR"]), ("sandra OR", ["Sandra AND OR"]), ("NEAR(", []),
            ("sandra*", []), ("^sandra", []), ("-sandra", []), ("NameText:sandra", []), ("{NameText}", []),
        ("++", []), ("jo++", ["Jo++"]), ("o++", ["Jo++"]), ("😀", ["😀 Smile"]), ("😀😀", []), ("smile 😀", ["😀 Smile"]), ("it's", []),
            ("';--", []), ("\\", []), ("100\\%", []),
        ("García, José", ["José García"]), ("garcia,jose", ["José García"]), ("García; José", ["José García"]),
            ("J. García", ["José García"]), ("José-García", ["José García"]),
        ("anna maria", ["Anna-Maria Li-Na"]), ("Anna-Maria", ["Anna-Maria Li-Na"]), ("li na", ["Anna-Maria Li-Na"]), (",", []), (".", []),
            ("-", []),
        ("nobody", []), ("   ", ["*"]), ("Müller Łódź", []),
    ];

    private static readonly string[] Names = ["Müller", "Łódź", "Straße", "José García", "O'Brien", "山田太郎", "Иван Петров", "100%_sure",
        "\"Quoted\" name", "Sandra AND OR", "Jo++", "😀 Smile", "Anna-Maria Li-Na"];

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Search_Names_FindsTheSameOnEveryDatabase(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        foreach (var name in Names) await data.AddCustomerAsync(null, name);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        var wrong = new List<string>();
        foreach (var (typed, expected) in Cases)
        {
            foreach (var reader in new[] { agent, staff })
            {
                var found = await FindAsync(reader, typed);
                var wanted = expected is ["*"] ? Names : expected;
                if (!found.Order().SequenceEqual(wanted.Order()))
                    wrong.Add($"{typed} → {string.Join(", ", found)} instead of {string.Join(", ", wanted)}");
            }
        }

        Assert.Empty(wrong);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Search_EmailPhoneNumberAndExternalId_InAnySpelling(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.AddCustomerAsync("Other", "Person", "other@sample.org", "+4915112345678");
        await using var system = data.AsSystem();
        var ada = (await system.Customers
            .CreateAsync(new() { GivenName = "Ada", Email = "Ada.Lovelace@Example.com", Phone = "+442079460958",
            ExternalId = "SHOP-2024/0015" }, CancellationToken.None)).Customer;
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        foreach (var typed in new[]
        {
            "ada.lovelace@example.com", "ADA.LOVELACE@EXAMPLE.COM", "lovelace@ex", "example.com ada", "+442079460958", "+44 20 7946 0958",
                "0044 20 7946 0958", "020 7946 0958", "(020) 7946-0958",
            "+44 (0)20 7946 0958", "7946 0958", "79460958", "60958", ada.Number, ada.Number.ToLowerInvariant(), ada.Number[5..],
                "0310-0002", "202603100002", "SHOP-2024/0015", "2024/0015", "shop-2024",
        })
            Assert.True((await FindAsync(agent, typed)).SequenceEqual(["Ada"]),
                $"{typed} found {string.Join(", ", await FindAsync(agent, typed))}");
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Search_WithoutSensitive_FindsByCompleteEmailOrPhoneOnlyAndIsRecorded(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync("Ada", null, "ada@example.com", "+442079460958");
        await using var system = data.AsSystem();
        await system.Get<AddressService>()
            .AddContactPointAsync(ada.Id, ContactKind.Email, "Second@example.com", null, CancellationToken.None);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        foreach (var part in new[] { "ada@", "ada@example", "example.com", "@", "7946", "79460958", "60958", "+4420794609" })
            Assert.Empty(await FindAsync(staff, part));
        Assert.Equal(0, await RevealsAsync());
        foreach (var whole in new[] { "ADA@example.com", " ada@example.com ", "+44 20 7946 0958", "020 7946 0958", "second@EXAMPLE.com" })
            Assert.Equal(["Ada"], await FindAsync(staff, whole));
        Assert.Equal(5, await RevealsAsync());

        Task<int> RevealsAsync() =>
            data.ReadAsync(db => db.AuditEntries.CountAsync(e => e.Action == AuditAction.Revealed && e.CustomerId == ada.Id
            && e.ChangeSet!.ActorId == staff.UserId));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Search_ForACompleteValue_IsLoggedOncePerSearch_AlsoWhenNobodyIsFound(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, eve) = (await data.AddCustomerAsync("Ada", null, "ada@example.com"), await data.AddCustomerAsync("Eve"));
        await using var system = data.AsSystem();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var query = new CustomerQuery("ada@example.com");

        // A list asks for rows and number, and reads again with every change of a customer.
        for (var i = 0; i < 3; i++)
        {
            await staff.Finder.ListAsync(query, new(), CancellationToken.None);
            await staff.Finder.CountAsync(query, 100, CancellationToken.None);
        }

        Assert.Equal([ada.Id], await RevealedAsync());
        await system.Get<AddressService>().AddContactPointAsync(eve.Id, ContactKind.Email, "ada@example.com", null, CancellationToken.None);
        await staff.Finder.ListAsync(query, new(), CancellationToken.None);
        Assert.Equal([ada.Id, eve.Id], await RevealedAsync());
        var nobody = new CustomerQuery("nobody@example.com");
        await staff.Finder.ListAsync(nobody, new(), CancellationToken.None);
        await staff.Finder.CountAsync(nobody, 100, CancellationToken.None);
        Assert.Null(await staff.Finder.FindByEmailAsync("none@example.com", CancellationToken.None));
        Assert.Equal([ada.Id, eve.Id, null, null], await RevealedAsync());
        await staff.Finder.ListAsync(query, new(), CancellationToken.None);
        Assert.Equal([ada.Id, eve.Id, null, null, ada.Id, eve.Id], await RevealedAsync());
        Assert.Equal(5, await data.ReadAsync(db => db.AuditEntries.Where(e => e.Action == AuditAction.Revealed).Select(e => e.ChangeSetId)
            .Distinct().CountAsync()));

        Task<List<long?>> RevealedAsync() => data.ReadAsync(db => db.AuditEntries.Where(e => e.Action == AuditAction.Revealed)
            .OrderBy(e => e.Id).Select(e => e.CustomerId).ToListAsync());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Search_AfterEveryKindOfChange_FollowsIt(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var ada = await data.AddCustomerAsync("Ada", null, "ada@example.com");
        await manager.Customers.UpdateAsync(ada.Id, new() { GivenName = "Grace", Email = "grace@example.com" }, null, null,
            CancellationToken.None);
        Assert.Empty(await FindAsync(manager, "ada"));
        Assert.Single(await FindAsync(manager, "grace@ex"));
        var changed = await manager.Get<AddressService>()
            .AddContactPointAsync(ada.Id, ContactKind.Phone, "+4915112345678", null, CancellationToken.None);
        Assert.Single(await FindAsync(manager, "0151 12345678"));
        await manager.Get<AddressService>().RemoveContactPointAsync(ada.Id, Assert.Single(changed!.Customer.ContactPoints).Id,
            CancellationToken.None);
        Assert.Empty(await FindAsync(manager, "15112345678"));
        await manager.Trash.DeleteAsync(ada.Id, CancellationToken.None);
        Assert.Empty(await FindAsync(manager, "grace"));
        Assert.Single((await manager.Finder.ListAsync(new(Search: "grace", InTrash: true), new(), CancellationToken.None)).Items);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Search_HalfSurrogatesAndNul_NeverFaults(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        foreach (var typed in new[] { "\ud800", "a\udc00b", "a\0b", "\0", "\ud800@\udc00", "a@\0.de", "😀" + "\ud83d",
            string.Concat(Enumerable.Repeat("x😀", 200)), new string('a', 5000), "\u202e\u200b\u0301" })
        {
            foreach (var reader in new[] { agent, staff })
            {
                await reader.Finder.ListAsync(new(Search: typed), new(), CancellationToken.None);
                await reader.Finder.CountAsync(new(Search: typed), 10, CancellationToken.None);
                await reader.Finder.FindByNumberAsync(typed, CancellationToken.None);
                await reader.Get<TagService>().SuggestAsync(typed, CancellationToken.None);
            }
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Search_NaughtyStrings_StoresThemUnchangedOrRefusesWithASentence(DatabaseKind kind)
    {
        var file = Path.Combine(Environment.GetEnvironmentVariable("CRM_TEST_DATA") ?? "", "naughty-strings", "blns.json");
        if (!File.Exists(file))
            Assert.Skip("CRM_TEST_DATA names no folder with naughty-strings/blns.json, so those strings are not tried.");
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        foreach (var text in JsonSerializer.Deserialize<string[]>(await File.ReadAllTextAsync(file))!)
        {
            CustomerChangeResult? created = null;
            try
            {
                created = await agent.Customers.CreateAsync(new() { GivenName = text, ExternalId = "x" }, CancellationToken.None);
                var wanted = string.IsNullOrWhiteSpace(text) ? null : StoredText.Composed(text.Trim());
                Assert.Equal(wanted, (await agent.Customers.GetAsync(created.Customer.Id, CancellationToken.None))!.GivenName);
            }
            catch (RuleViolationException refused)
            {
                Assert.NotEmpty(refused.Message);
            }

            var found = await agent.Finder.ListAsync(new(Search: text), new(1, 100), CancellationToken.None);
            if (created is not null && SearchText.Terms(text).Count is > 0 and < 8 && text.Length <= 100
                && SearchText.PhoneDigits(text) is null)
                Assert.True(found.HasMore || found.Items.Any(r => r.Id == created.Customer.Id), $"{text} is not found by itself");
        }
    }

    private static async Task<List<string>> FindAsync(TestScope scope, string typed) =>
        [.. (await scope.Finder.ListAsync(new(Search: typed), new(1, 100), CancellationToken.None)).Items.Select(r => r.DisplayName)];
}
