using System.Net;
using CrmPortal.Core.Platform.Outbox;
using CrmPortal.Core.Webhooks;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Webhooks;

/// <summary>What receivers are told, from the change to the answer.</summary>
public sealed class WebhookDeliveryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Change_IsPostedSigned_WithoutPersonalValues_AndLogged(DatabaseKind kind)
    {
        await using var test = await WebhookTest.StartAsync(kind);
        (test.Receiver.Answer, test.Receiver.Text) = (_ => HttpStatusCode.OK, "Taken\0, thanks");
        var ada = await test.Data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com");

        await test.SendAsync();

        var request = Assert.Single(test.Receiver.Requests);
        Assert.Equal(WebhookTest.Signature(test.Secret, request), request.Signatures);
        Assert.Equal(test.Data.Clock.GetUtcNow().ToUnixTimeSeconds(), request.Timestamp);
        Assert.Equal((request.Id, "customer.created", ada.Id, ada.Id), ((string)request.Json["id"]!, (string)request.Json["event"]!,
            (long)request.Json["subject_id"]!, (long)request.Json["customer_id"]!));
        Assert.Contains("GivenName", request.Json["data"]!["fields"]!.AsArray().Select(f => (string)f!));
        Assert.Null(request.Json["data"]!["actor_name"]);
        Assert.DoesNotContain("Ada", request.Body, StringComparison.Ordinal);

        var row = Assert.Single((await test.Log.ListAsync(test.Id, DeliveryState.Delivered, new(), Token)).Items);
        Assert.Equal((1, 200, null, null), (row.Attempts, row.StatusCode, row.Fault, row.DueAt));
        var delivery = (await test.Log.GetAsync(test.Id, row.Id, Token))!;
        Assert.Equal((request.Body, test.Receiver.Address + "/hook", "Taken, thanks"), (delivery.Body, delivery.Url, delivery.Answer));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_IsToldOfInOrder_AlsoWhileAnAttemptFails_AndHoldsNobodyElseUp(DatabaseKind kind)
    {
        await using var test = await WebhookTest.StartAsync(kind);
        test.Receiver.Answer = r => r.Event == "customer.created 1" ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK;
        await test.HappenAsync(1, "customer.created");
        await test.HappenAsync(1);
        await test.HappenAsync(2);
        await test.HappenAsync(7, "tag.created");

        Assert.Equal(3, await test.SendAsync());
        Assert.Equal(["customer.created 1", "customer.updated 2", "tag.created 7"], test.Receiver.Events);
        Assert.Equal(2, (await test.WebhookAsync()).Waiting);

        test.Receiver.Answer = _ => HttpStatusCode.OK;
        test.Data.Clock.Advance(TimeSpan.FromMinutes(1));
        await test.HappenAsync(1);
        Assert.Equal(3, await test.SendAsync());
        Assert.Equal(["customer.created 1", "customer.updated 1", "customer.updated 1"], test.Receiver.Events.Skip(3));
        Assert.Equal(test.Receiver.Requests.First().Id, test.Receiver.Requests.ElementAt(3).Id);
        Assert.All(await test.DeliveriesAsync(), d => Assert.Equal((DeliveryState.Delivered, (DateTimeOffset?)null), (d.State, d.DueAt)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Delivery_ThatFails_IsTriedForADay_ThenTheNextOfItsCustomerGoes(DatabaseKind kind)
    {
        await using var test = await WebhookTest.StartAsync(kind);
        test.Receiver.Answer = r => r.Event == "customer.created 1" ? HttpStatusCode.InternalServerError : HttpStatusCode.OK;
        test.Receiver.Text = new string('x', 10_000);
        await test.HappenAsync(1, "customer.created");
        await test.HappenAsync(1);
        var waits = new List<double>();

        for (var delivery = await SentAsync(); delivery.DueAt is { } due; delivery = await SentAsync())
        {
            Assert.Equal(DeliveryState.Failed, delivery.State);
            var wait = due - test.Data.Clock.GetUtcNow();
            waits.Add(Math.Round(wait.TotalMinutes));
            test.Data.Clock.Advance(wait - TimeSpan.FromSeconds(1));
            Assert.Equal(0, await test.SendAsync());
            test.Data.Clock.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal([1, 5, 15, 60, 180, 360, 360, 360, 99], waits);
        var (first, second) = await test.DeliveriesAsync() is [var one, var two] ? (one, two) : throw new InvalidOperationException();
        Assert.Equal((DeliveryState.GivenUp, 10, 500, WebhookDelivery.AnswerLength), (first.State, first.Attempts, first.StatusCode,
            first.Answer!.Length));
        Assert.Equal((DeliveryState.Delivered, 1), (second.State, second.Attempts));

        async Task<WebhookDelivery> SentAsync()
        {
            await test.SendAsync();
            return (await test.DeliveriesAsync())[0];
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Webhook_ThatFailsForAnHour_Rests_AndWhatWaitsIsSentWhenItIsResumed(DatabaseKind kind)
    {
        await using var test = await WebhookTest.StartAsync(kind);
        test.Receiver.Answer = _ => HttpStatusCode.BadGateway;
        for (var customer = 1; customer <= WebhookCourier.MostFailures + 1; customer++) await test.HappenAsync(customer);

        await test.SendAsync();
        Assert.Null((await test.WebhookAsync()).PausedAt);
        test.Data.Clock.Advance(WebhookCourier.FailingFor);
        await test.SendAsync();

        var resting = await test.WebhookAsync();
        Assert.Equal((WebhookPause.Failures, WebhookCourier.MostFailures + 2), (resting.Pause, resting.FailuresInRow));
        test.Receiver.Answer = _ => HttpStatusCode.OK;
        test.Receiver.Requests.Clear();
        test.Data.Clock.Advance(TimeSpan.FromDays(2));
        await test.HappenAsync(100);
        Assert.Equal(0, await test.SendAsync());
        Assert.Equal(WebhookCourier.MostFailures + 2, (await test.WebhookAsync()).Waiting);

        await test.Webhooks.ResumeAsync(test.Id, Token);
        Assert.Equal(WebhookCourier.MostFailures + 2, await test.SendAsync());
        var working = await test.WebhookAsync();
        Assert.Equal((null, 0, 0), (working.Pause, working.FailuresInRow, working.Waiting));

        await test.Webhooks.PauseAsync(test.Id, Token);
        await test.HappenAsync(1);
        Assert.Equal(0, await test.SendAsync());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Event_ThatIsHandedOverTwice_IsToldOnce(DatabaseKind kind)
    {
        await using var test = await WebhookTest.StartAsync(kind);
        await test.HappenAsync(1);
        await test.SendAsync();
        var happened = await test.Data.ReadAsync(db => db.OutboxEvents.OrderBy(e => e.Id).LastAsync(Token));

        await test.Data.Root.GetServices<IOutboxSubscriber>().Single(s => s.Name == "webhooks").HandleAsync(happened, Token);

        Assert.Single(await test.DeliveriesAsync());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Filter_LetsThroughWhatIsAboutSuchCustomers_AndNothingElse(DatabaseKind kind)
    {
        await using var test = await WebhookTest.StartAsync(kind, "tags:any:tea");
        var ada = await test.Data.AddCustomerAsync("Ada", "Lovelace", null, null, "tea");
        var bob = await test.Data.AddCustomerAsync("Bob", "Stone");
        await test.HappenAsync(ada.Id);
        await test.HappenAsync(bob.Id);
        await test.HappenAsync(7, "tag.created");

        await test.SendAsync();

        Assert.Equal([$"customer.created {ada.Id}", $"customer.updated {ada.Id}"], test.Receiver.Events);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Delivery_IsSentAgain_AndATimeIsReplayed(DatabaseKind kind)
    {
        await using var test = await WebhookTest.StartAsync(kind);
        await test.HappenAsync(1, "customer.created");
        test.Data.Clock.Advance(TimeSpan.FromHours(1));
        var from = test.Data.Clock.GetUtcNow();
        await test.HappenAsync(2);
        await test.HappenAsync(1);
        test.Data.Clock.Advance(TimeSpan.FromHours(1));
        var to = test.Data.Clock.GetUtcNow();
        await test.HappenAsync(3);
        await test.HappenAsync(4, "role.created");
        await test.SendAsync();
        var first = (await test.DeliveriesAsync())[0];

        var again = (await test.Log.ResendAsync(test.Id, first.Id, Token))!;
        Assert.Equal((1, first.MessageId, first.Body), (again.Row.Repeat, again.Row.MessageId, again.Body));
        Assert.Null(await test.Log.ResendAsync(test.Id + 1, first.Id, Token));
        Assert.Equal(1, await test.SendAsync());
        Assert.Equal(2, await test.Log.ReplayAsync(test.Id, from, to, Token));
        Assert.Equal(2, await test.Log.ReplayAsync(test.Id, from, to, Token));
        await test.SendAsync();

        string[] range = ["customer.updated 2", "customer.updated 1"];
        Assert.Equal(["customer.created 1", "customer.updated 2", "customer.updated 3", "customer.updated 1", "customer.created 1",
            .. range, .. range], test.Receiver.Events);
        Assert.Equal(4, test.Receiver.Requests.Select(r => r.Id).Distinct().Count());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Log_LosesWhatIsOld_AndWhatIsOfACustomerWhoIsRemovedForGood(DatabaseKind kind)
    {
        await using var test = await WebhookTest.StartAsync(kind);
        var ada = await test.Data.AddCustomerAsync();
        await test.HappenAsync(7, "tag.created");
        await test.SendAsync();
        await using var system = test.Data.AsSystem();
        await system.Trash.DeleteAsync(ada.Id, Token);
        await system.Trash.PurgeAsync(ada.Id, Token);
        Assert.Equal("tag:7", Assert.Single(await test.DeliveriesAsync()).Line);

        test.Data.Clock.Advance(WebhookCleanUp.Kept + TimeSpan.FromSeconds(1));
        await new WebhookCleanUp(test.Data.Get<Core.Platform.Data.IDatabaseProvider>(), test.Data.Clock)
            .RunAsync(0, new Progress<Core.Platform.Jobs.JobProgress>(), Token);
        Assert.Empty(await test.DeliveriesAsync());
    }
}
