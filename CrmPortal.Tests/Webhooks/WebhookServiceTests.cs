using System.Net;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Webhooks;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Webhooks;

public sealed class WebhookServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Secret_IsEncrypted_ShownOnce_AndReplacedInTwoSteps(DatabaseKind kind)
    {
        await using var test = await WebhookTest.StartAsync(kind);
        var stored = await test.Data.ReadAsync(db => db.Webhooks.Select(w => w.ProtectedSecret).SingleAsync(Token));
        Assert.StartsWith("whsec_", test.Secret, StringComparison.Ordinal);
        Assert.DoesNotContain(test.Secret, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(await test.Data.ReadAsync(db => db.AuditEntries.Select(e => e.Values).ToListAsync(Token)),
            v => v?.Contains("whsec_", StringComparison.Ordinal) == true || v?.Contains(stored, StringComparison.Ordinal) == true);

        var rotated = (await test.Webhooks.RotateSecretAsync(test.Id, Token))!;
        await test.HappenAsync(1);
        await test.SendAsync();
        var request = Assert.Single(test.Receiver.Requests);
        Assert.Equal($"{WebhookTest.Signature(rotated.Secret, request)} {WebhookTest.Signature(test.Secret, request)}", request.Signatures);

        test.Data.Clock.Advance(WebhookService.FormerSigns);
        await test.HappenAsync(1);
        await test.SendAsync();
        request = test.Receiver.Requests.Last();
        Assert.Equal(WebhookTest.Signature(rotated.Secret, request), request.Signatures);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Webhook_ThatIsRemoved_ComesBackWithoutItsSecret_AndRestsUntilItHasOne(DatabaseKind kind)
    {
        await using var test = await WebhookTest.StartAsync(kind);
        var removal = (await test.Webhooks.RemoveAsync(test.Id, Token))!.Value;
        Assert.Empty(await test.Webhooks.ListAsync(Token));

        await test.Administrator.Get<UndoService>().UndoAsync(removal, false, Token);
        await test.HappenAsync(1);
        Assert.Equal(1, await test.SendAsync());
        Assert.Equal(WebhookPause.Secret, (await test.WebhookAsync()).Pause);
        Assert.Contains("secret", (await Assert.ThrowsAsync<RuleViolationException>(() => test.Webhooks.TestAsync(test.Id, Token))).Message,
            StringComparison.Ordinal);

        test.Data.Clock.Advance(TimeSpan.FromMinutes(1));
        var made = (await test.Webhooks.RotateSecretAsync(test.Id, Token))!;
        await test.Webhooks.ResumeAsync(test.Id, Token);
        await test.SendAsync();
        var request = Assert.Single(test.Receiver.Requests);
        Assert.Equal(WebhookTest.Signature(made.Secret, request), request.Signatures);
        // A secret that was made stays.
        await test.Administrator.Get<UndoService>().UndoAsync(made.ChangeSetId!.Value, false, Token);
        Assert.Equal(made.Webhook.SecretMadeAt, (await test.WebhookAsync()).SecretMadeAt);
    }

    [Fact]
    public async Task Webhook_ThatIsWrong_IsRefusedFieldByField()
    {
        await using var test = await WebhookTest.StartAsync(DatabaseKind.Sqlite);
        var good = WebhookTest.Input("https://shop.example");

        Assert.Equal("Name Url Events", await FieldsAsync(new(" ", null, [], null)));
        Assert.Equal("Url", await FieldsAsync(good with { Url = "shop.example" }));
        Assert.Equal("Url", await FieldsAsync(good with { Url = "ftp://shop.example/" }));
        Assert.Equal("Url", await FieldsAsync(good with { Url = "https://me:pass@shop.example/" }));
        Assert.Equal("Events", await FieldsAsync(good with { Events = ["customer.eaten"] }));
        Assert.Equal("Filter", await FieldsAsync(good with { Filter = "colour:is:red" }));

        async Task<string> FieldsAsync(WebhookInput input) => string.Join(' ',
            (await Assert.ThrowsAsync<RuleViolationException>(() => test.Webhooks.CreateAsync(input, Token))).Errors.Select(e => e.Field));
    }

    [Fact]
    public async Task Filter_ThatCannotBeAsked_LetsTheWebhookRest()
    {
        await using var test = await WebhookTest.StartAsync(DatabaseKind.Sqlite, "tags:any:tea");
        await test.Data.ReadAsync(db => db.Webhooks.ExecuteUpdateAsync(w => w.SetProperty(x => x.Filter, "segment:any:99"), Token));
        await test.HappenAsync(1);

        await test.SendAsync();

        Assert.Equal(WebhookPause.Filter, (await test.WebhookAsync()).Pause);
        Assert.Empty(test.Receiver.Requests);
    }

    [Fact]
    public async Task Test_IsSentAtOnce_AndNotRepeated()
    {
        await using var test = await WebhookTest.StartAsync(DatabaseKind.Sqlite);
        test.Receiver.Answer = _ => HttpStatusCode.Forbidden;

        var refused = (await test.Webhooks.TestAsync(test.Id, Token))!;

        var request = Assert.Single(test.Receiver.Requests);
        Assert.Equal($"webhook.test {test.Id}", request.Event);
        Assert.Equal((request.Id, DeliveryState.GivenUp, 403), (refused.Row.MessageId, refused.Row.State, refused.Row.StatusCode));
        Assert.Equal(0, await test.SendAsync());
        await Assert.ThrowsAsync<RuleViolationException>(() => test.Log.ResendAsync(test.Id, refused.Row.Id, Token));
    }

    /// <summary>What is offered is what the recorder and the features say, and each says it by a short name.</summary>
    [Fact]
    public void Topics_AreThoseOfTheOutbox()
    {
        Assert.Equal(["customer", "order", "ticket"], WebhookTopics.Groups.Take(3).Select(g => g.Kind));
        Assert.Superset(new HashSet<string> { "customer.created", "customer.merged", "order.updated", "ticket.message", "segment.members" },
            WebhookTopics.All.ToHashSet());
        Assert.DoesNotContain(WebhookTopics.All, t => t.StartsWith("webhook.", StringComparison.Ordinal) || t.Length > 60);
        var written = Repository.Files("CrmPortal.Core").SelectMany(File.ReadLines)
            .SelectMany(l => System.Text.RegularExpressions.Regex.Matches(l, """Topic = "(?<topic>[a-z]+\.[a-z]+)";?|MessageTopic = "(?<topic>[^"]+)"""))
            .Select(m => m.Groups["topic"].Value).Distinct();
        Assert.Empty(written.Except(WebhookTopics.All));
    }
}
