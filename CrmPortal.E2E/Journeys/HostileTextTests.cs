using System.Globalization;
using System.Text;
using System.Text.Json;
using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Views;
using CrmPortal.E2E.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>
/// Texts that mean something to a browser, in every field that takes a text: each page shows them as the letters that they are.
/// </summary>
public sealed class HostileTextTests(Site site) : BrowserTest(site)
{
    private const int Most = 60;

    /// <summary>Each would leave a mark if the browser took it for more than letters.</summary>
    private static readonly string[] Texts =
    [
        "<script>window.hostile=1</script>", "\"><img src=x onerror=window.hostile=1>", "'--><svg onload=window.hostile=1>",
            "<iframe srcdoc=\"<script>parent.hostile=1</script>\">", "[x](javascript:window.hostile=1)",
        "{{constructor.constructor('window.hostile=1')()}}", "<style>h1{display:none}</style>",
            "</textarea><input autofocus onfocus=window.hostile=1>",
    ];

    private int _next;

    [Fact]
    public async Task EveryField_OfACustomer_IsLettersOnEveryPageAndTab()
    {
        var (customer, other) = (0L, 0L);
        await InsideAsync<CustomerService>(async customers =>
        {
            customer = (await customers
                .CreateAsync(new() { GivenName = Text(), FamilyName = Text(), PreferredName = Text(), ExternalId = Text(),
                Tags = new[] { Tag(), Tag() }, Phone = "+442079460321" }, default)).Customer.Id;
            other = (await customers.CreateAsync(new() { GivenName = Text(), FamilyName = Text(), PreferredName = Text() },
                default)).Customer.Id;
            await customers.BlockAsync(other, Text(), default);
            await customers.UpdateAsync(customer, new() { GivenName = Text() }, null, null, default);
        });
        var number = "";
        await InsideAsync<CustomerService>(async customers => number = (await customers.GetAsync(other, default))!.Number);
        await InsideAsync<AddressService>(async addresses =>
        {
            await addresses.SaveAsync(customer, null, new() { GivenName = Text(), FamilyName = Text(), Line1 = Text(), Line2 = Text(),
                City = Text(), State = Text(), Country = "IE" }, default);
            await addresses.AddContactPointAsync(customer, ContactKind.Phone, "+442079460322", Text(), default);
        });
        await InsideAsync<ContactPersonService>(persons =>
            persons.SaveAsync(customer, null, new() { GivenName = Text(), FamilyName = Text(), Role = Text() }, default));
        await InsideAsync<PreferenceService>(preferences => preferences.SetAsync(customer, [new("general", Text(), Text())], default));
        await InsideAsync<RelationService>(async relations =>
        {
            await relations.AddDateAsync(customer, Text(), new(2020, 2, 29), true, default);
            await relations.RelateAsync(customer, number, RelationshipKind.Other, Text(), default);
        });
        await InsideAsync<NoteService>(async notes =>
        {
            foreach (var text in Texts) await notes.AddAsync(customer, text, default, isPinned: text == Texts[0]);
        });
        await InsideAsync<CustomFieldService>(async fields =>
        {
            var field = await fields.AddAsync(new() { Label = Text() }, default);
            await fields.AddAsync(new() { Label = Text(), Type = CustomFieldType.Choice, Choices = Text() }, default);
            await fields.SetAsync(customer, field.Key, Text(), default);
        });
        await InsideAsync<DocumentService>(async documents =>
        {
            using var file = new MemoryStream("Nothing but letters"u8.ToArray());
            await documents.UploadAsync(customer, new("<img src=x onerror=window.hostile=1>.txt", default), file, default);
        });
        await InsideAsync<ConsentWordingService>(wordings => wordings.AddAsync(ConsentPurpose.Profiling, "en", Text(), default));
        var import = 0L;
        await InsideAsync<ImportService>(async imports =>
        {
            using var file =
                new MemoryStream(Encoding.UTF8
                .GetBytes($"\"{Texts[0]}\",name\n\"{Texts[1].Replace("\"", "\"\"", StringComparison.Ordinal)}\",\"{Texts[3].Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n"));
            import = await imports.UploadAsync("<svg onload=window.hostile=1>.csv", file, null, null, default);
        });

        var page = await OpenAsync(RoleNames.Administrator, $"/customers/{customer.ToString(CultureInfo.InvariantCulture)}");
        await HarmlessAsync(page);
        await Expect(page.Locator("h1")).ToContainTextAsync("window.hostile=1");
        var tabs = await page.GetByRole(AriaRole.Navigation, new() { Name = "Sections of the record" }).GetByRole(AriaRole.Link).AllAsync();
        Assert.True(tabs.Count > 5);
        var paths = await Task.WhenAll(tabs.Select(t => t.GetAttributeAsync("href")));
        foreach (var path in paths.OfType<string>().Concat(
        [
            $"/customers/{customer.ToString(CultureInfo.InvariantCulture)}/as-at",
                $"/customers/merge?ids={customer.ToString(CultureInfo.InvariantCulture)},{other.ToString(CultureInfo.InvariantCulture)}",
                "/", "/customers?q=hostile",
            "/customers?filter=" + Uri.EscapeDataString("city:is:" + Texts[1]), "/customers?q=" + Uri.EscapeDataString(Texts[0]),
                "/duplicates", $"/imports/{import.ToString(CultureInfo.InvariantCulture)}", "/imports", "/settings/tags",
                "/settings/fields", "/settings/consents",
            $"/customers/{other.ToString(CultureInfo.InvariantCulture)}",
        ]))
        {
            await GoAsync(page, path);
            await WaitUntilStillAsync(page);
            await HarmlessAsync(page);
        }
    }

    [Fact]
    public async Task NaughtyStrings_AsNames_AreListedAndOpened()
    {
        var file = Path.Combine(Environment.GetEnvironmentVariable("CRM_TEST_DATA") ?? "", "naughty-strings", "blns.json");
        Assert.SkipUnless(File.Exists(file), "CRM_TEST_DATA names no folder with the naughty strings.");
        var strings = JsonSerializer.Deserialize<List<string>>(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        var made = new List<long>();
        await InsideAsync<CustomerService>(async customers =>
        {
            // Spread over all kinds of them.
            foreach (var text in strings.Where((_, i) => i % Math.Max(1, strings.Count / Most) == 0))
            {
                try
                {
                    made.Add((await customers.CreateAsync(new() { GivenName = text, FamilyName = "Naughtyson", Tags = new[] { "naughty" } },
                        default)).Customer.Id);
                }
                catch (RuleViolationException refused)
                {
                    Assert.NotEmpty(refused.Errors);
                }
            }
        });
        var page = await OpenAsync(RoleNames.Manager, "/customers?q=naughtyson&size=100");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(made.Count);
        await HarmlessAsync(page);
        await PictureAsync(page, "list");
        foreach (var id in made.Where((_, i) => i % 8 == 0))
        {
            await GoAsync(page, $"/customers/{id.ToString(CultureInfo.InvariantCulture)}");
            await HarmlessAsync(page);
        }
    }

    private string Text() => Texts[_next++ % Texts.Length];

    private string Tag() => $"<b onmouseover=window.hostile=1>{_next++.ToString(CultureInfo.InvariantCulture)}";

    private static async Task HarmlessAsync(IPage page)
    {
        Assert.Null(await page.EvaluateAsync<int?>("() => window.hostile ?? null"));
        var taken = await page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on') || /^\s*javascript:/i.test(a.value) && a.name !== 'value' && a.name !== 'title')
              || (e.tagName === 'SCRIPT' && !e.src && e.textContent.includes('hostile')) || (e.tagName === 'STYLE' && e.textContent.includes('h1{display'))).map(e => e.outerHTML.slice(0, 200))
            """);
        Assert.Empty(taken);
        await Expect(page.Locator("h1").First).ToBeVisibleAsync();
    }

    private async Task InsideAsync<T>(Func<T, Task> work)
        where T : notnull
    {
        await using var scope = Site.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(Actor.System("tests"));
        await work(scope.ServiceProvider.GetRequiredService<T>());
    }
}
