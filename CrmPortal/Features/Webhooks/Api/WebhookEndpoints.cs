using System.ComponentModel;
using System.Globalization;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Webhooks;
using CrmPortal.Features.Customers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Webhooks;

/// <summary>Webhooks for programs that set themselves up: what they are told of, and what they were told.</summary>
internal static class WebhookEndpoints
{
    private const string NotFound = "Webhook not found";
    private const string DeliveryNotFound = "Delivery not found";
    private const string ById = @"/{id:regex(^\d+$)}";
    private const string OneDelivery = ById + @"/deliveries/{deliveryId:regex(^\d+$)}";
    private const int UsualLimit = 20;

    public static void MapWebhooks(this RouteGroupBuilder api)
    {
        var hooks = api.MapGroup("/webhooks").WithTags("Webhooks");
        hooks.MapGet("/", ListAsync)
            .Documented("ListWebhooks", "List the webhooks by name", Permissions.WebhooksManage, null, 200, WebhookExamples.List);
        hooks.MapPost("/", CreateAsync)
            .Documented("CreateWebhook", "Create a webhook; its secret is answered this once", Permissions.WebhooksManage,
                WebhookExamples.Input, 201, WebhookExamples.WithSecret);
        hooks.MapGet("/events", Events)
            .Documented("ListWebhookEvents", "List the events that webhooks can be told of", Permissions.WebhooksManage, null, 200,
                """["customer.created", "customer.updated", "order.created"]""");
        hooks.MapGet(ById, GetAsync)
            .Documented("GetWebhook", "Get a webhook", Permissions.WebhooksManage, null, 200, WebhookExamples.Webhook);
        hooks.MapPut(ById, ChangeAsync)
            .Documented("ReplaceWebhook", "Change a webhook", Permissions.WebhooksManage, WebhookExamples.Input, 200,
                WebhookExamples.Webhook).AnswersProblems(412);
        hooks.MapDelete(ById, DeleteAsync)
            .Documented("DeleteWebhook", "Delete a webhook with the log of its deliveries", Permissions.WebhooksManage, null, 200,
                CustomerPartExamples.Done("Webhook deleted successfully."));
        hooks.MapPost(ById + "/rotate-secret", RotateAsync)
            .Documented("RotateWebhookSecret", "Make a new secret; the one before signs beside it for a day", Permissions.WebhooksManage,
                null, 200, WebhookExamples.WithSecret);
        hooks.MapPost(ById + "/pause", PauseAsync)
            .Documented("PauseWebhook", "Let a webhook rest: what it is told of waits", Permissions.WebhooksManage, null, 200,
                WebhookExamples.Webhook);
        hooks.MapPost(ById + "/resume", ResumeAsync)
            .Documented("ResumeWebhook", "End a rest; what waits is sent", Permissions.WebhooksManage, null, 200, WebhookExamples.Webhook);
        hooks.MapPost(ById + "/test", TestAsync)
            .Documented("TestWebhook", "Send a test at once, once", Permissions.WebhooksManage, null, 200, WebhookExamples.Delivery);
        hooks.MapPost(ById + "/replay", ReplayAsync)
            .Documented("ReplayWebhook", "Tell a webhook again what happened in a time of the last days", Permissions.WebhooksManage,
                """{ "from": "2026-01-30T00:00:00Z", "to": "2026-01-31T00:00:00Z" }""", 200, """{ "deliveries": 240 }""");
        hooks.MapGet(ById + "/deliveries", DeliveriesAsync)
            .Documented("ListWebhookDeliveries", "List what a webhook was told, the newest first", Permissions.WebhooksManage, null, 200,
                WebhookExamples.Deliveries);
        hooks.MapGet(OneDelivery, DeliveryAsync)
            .Documented("GetWebhookDelivery", "Get a delivery with what was sent and answered", Permissions.WebhooksManage, null, 200,
                WebhookExamples.Delivery);
        hooks.MapPost(OneDelivery + "/resend", ResendAsync)
            .Documented("ResendWebhookDelivery", "Send a delivery again", Permissions.WebhooksManage, null, 200, WebhookExamples.Delivery);
    }

    private static async Task<Ok<ListAnswer<WebhookItem>>> ListAsync(HttpContext http, WebhookService webhooks,
        CancellationToken cancellationToken)
    {
        var all = await webhooks.ListAsync(cancellationToken);
        return TypedResults.Ok(ListAnswer<WebhookItem>.Of(http, [.. all.Select(WebhookItem.Of)], 1, WebhookService.MostWebhooks,
            all.Count));
    }

    private static async Task<Created<WebhookSecretAnswer>> CreateAsync(WebhookBody body, HttpContext http, WebhookService webhooks,
        CancellationToken cancellationToken)
    {
        var made = await webhooks.CreateAsync(body.ToInput(), cancellationToken);
        return TypedResults.Created(string.Create(CultureInfo.InvariantCulture,
            $"{ApiSetup.Root}{http.Contract().Prefix}/webhooks/{made.Webhook.Id}"), WebhookSecretAnswer.Of(made));
    }

    private static Ok<IReadOnlyList<string>> Events() =>
        TypedResults.Ok<IReadOnlyList<string>>([.. WebhookTopics.Groups.SelectMany(g => g.Topics)]);

    private static async Task<Ok<WebhookItem>> GetAsync([Description("The id of the webhook.")] long id, WebhookService webhooks,
        CancellationToken cancellationToken) => Known(await webhooks.GetAsync(id, cancellationToken));

    private static async Task<Ok<WebhookItem>> ChangeAsync([Description("The id of the webhook.")] long id, WebhookBody body,
        HttpContext http, WebhookService webhooks, CancellationToken cancellationToken)
    {
        var expected = await EntityTags.ExpectedAsync(http.Request, async () => (await webhooks.GetAsync(id, cancellationToken))?.Version);
        return Known((await webhooks.ChangeAsync(id, body.ToInput(), expected, cancellationToken))?.Part);
    }

    private static async Task<Ok<DoneAnswer>> DeleteAsync([Description("The id of the webhook.")] long id, WebhookService webhooks,
        CancellationToken cancellationToken)
    {
        _ = await webhooks.RemoveAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return TypedResults.Ok(new DoneAnswer("Webhook deleted successfully."));
    }

    private static async Task<Ok<WebhookSecretAnswer>> RotateAsync([Description("The id of the webhook.")] long id,
        WebhookService webhooks, CancellationToken cancellationToken) => TypedResults.Ok(WebhookSecretAnswer.Of(
            await webhooks.RotateSecretAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound)));

    private static async Task<Ok<WebhookItem>> PauseAsync([Description("The id of the webhook.")] long id, WebhookService webhooks,
        CancellationToken cancellationToken) => Known(await webhooks.PauseAsync(id, cancellationToken));

    private static async Task<Ok<WebhookItem>> ResumeAsync([Description("The id of the webhook.")] long id, WebhookService webhooks,
        CancellationToken cancellationToken) => Known(await webhooks.ResumeAsync(id, cancellationToken));

    private static async Task<Ok<DeliveryAnswer>> TestAsync([Description("The id of the webhook.")] long id, WebhookService webhooks,
        CancellationToken cancellationToken) => TypedResults.Ok(DeliveryAnswer.Of(
            await webhooks.TestAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound)));

    private static async Task<Ok<ReplayAnswer>> ReplayAsync([Description("The id of the webhook.")] long id, ReplayBody body,
        WebhookLog log, CancellationToken cancellationToken)
    {
        if (body.From is not { } from) throw ApiException.BadField("from", "Say from when on.");
        if (body.To is not { } to) throw ApiException.BadField("to", "Say until when.");
        return TypedResults.Ok(new ReplayAnswer(await log.ReplayAsync(id, from, to, cancellationToken)
            ?? throw ApiException.NotFound(NotFound)));
    }

    private static async Task<Ok<ListAnswer<DeliveryItem>>> DeliveriesAsync([Description("The id of the webhook.")] long id, int? page,
        int? limit, [Description("waiting, failed, delivered or given_up.")] string? state, HttpContext http, WebhookService webhooks,
        WebhookLog log, CancellationToken cancellationToken)
    {
        var wanted = http.Contract().Paging.Page(page, limit, UsualLimit);
        _ = await webhooks.GetAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        var only = StateOf(state);
        var found = await log.ListAsync(id, only, wanted, cancellationToken);
        return TypedResults.Ok(ListAnswer<DeliveryItem>.Of(http, [.. found.Items.Select(DeliveryItem.Of)], wanted.Number, wanted.Size,
            await log.CountAsync(id, only, cancellationToken)));
    }

    private static async Task<Ok<DeliveryAnswer>> DeliveryAsync([Description("The id of the webhook.")] long id,
        [Description("The id of the delivery.")] long deliveryId, WebhookLog log, CancellationToken cancellationToken) =>
        TypedResults.Ok(DeliveryAnswer.Of(await log.GetAsync(id, deliveryId, cancellationToken)
            ?? throw ApiException.NotFound(DeliveryNotFound)));

    private static async Task<Ok<DeliveryAnswer>> ResendAsync([Description("The id of the webhook.")] long id,
        [Description("The id of the delivery.")] long deliveryId, WebhookLog log, CancellationToken cancellationToken) =>
        TypedResults.Ok(DeliveryAnswer.Of(await log.ResendAsync(id, deliveryId, cancellationToken)
            ?? throw ApiException.NotFound(DeliveryNotFound)));

    private static Ok<WebhookItem> Known(WebhookDetails? webhook) =>
        TypedResults.Ok(WebhookItem.Of(webhook ?? throw ApiException.NotFound(NotFound)));

    private static DeliveryState? StateOf(string? word) => word switch
    {
        null or "" => null,
        "waiting" => DeliveryState.Waiting,
        "failed" => DeliveryState.Failed,
        "delivered" => DeliveryState.Delivered,
        "given_up" => DeliveryState.GivenUp,
        _ => throw new RuleViolationException("State", "Choose waiting, failed, delivered or given_up."),
    };
}
