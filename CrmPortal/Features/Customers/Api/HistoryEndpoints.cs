using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Customers;

/// <summary>What was changed about a customer, how they were on a past day, and taking changes back, for programs.</summary>
internal static class HistoryEndpoints
{
    public static void MapHistory(this RouteGroupBuilder api)
    {
        var customer = api.MapGroup(@"/customers/{id:regex(^\d+$)}").WithTags("History");
        customer.MapGet("/history", ReadAsync)
            .Documented("GetHistory", "List the changes of a customer and of all that belongs to them, newest first",
                Permissions.CustomersView, null, 200, HistoryExamples.History);
        customer.MapGet("/history/{field}", FieldAsync)
            .Documented("GetFieldHistory", "List the changes of one field of a customer, newest first", Permissions.CustomersView, null,
                200, HistoryExamples.Field);
        customer.MapGet("/as-at", AsAtAsync)
            .Documented("GetCustomerAsAt", "Get a customer as they were at the end of a day, beside today", Permissions.CustomersView, null,
                200, HistoryExamples.AsAt);
        api.MapPost(@"/changes/{changeSetId:regex(^\d+$)}/undo", UndoAsync).WithTags("History").NeedsAnyAccount()
            .Documented("UndoChange", "Take a change back: fields get their old values, new rows go, removed rows come again",
                """{ "also_changed_later": false }""", 200, """{ "undone": 2, "kept": [], "change_set_id": 4712 }""")
            .WithDescription("For 30 days, with the permission that the change itself needed; those of others with "
                + $"{Permissions.CustomersDelete}. The undoing is a change, which can be undone as well.");
    }

    private static async Task<Ok<HistoryAnswer>> ReadAsync([Description("The id of the customer.")] long id, HistoryService history,
        CustomerService customers, CancellationToken cancellationToken,
        [Description("The next value of the previous part.")] long? before = null, int limit = ListQuery.UsualLimit)
    {
        await customers.FindAsync(id, cancellationToken);
        var (entries, next) = await history.ForCustomerAsync(id, before, limit, cancellationToken);
        return TypedResults.Ok(new HistoryAnswer([.. entries.Select(ChangeAnswer.Of)], next));
    }

    private static async Task<Ok<IReadOnlyList<FieldChangeAnswer>>> FieldAsync([Description("The id of the customer.")] long id,
        [Description("Such as Email, as the history names it.")] string field, HistoryService history, CustomerService customers,
        CancellationToken cancellationToken)
    {
        await customers.FindAsync(id, cancellationToken);
        if (field.Length > 60 || !field.All(char.IsAsciiLetterOrDigit)) throw ApiException.NotFound("Field not found");
        var changes = await history.OfFieldAsync(id, field, cancellationToken);
        return TypedResults.Ok<IReadOnlyList<FieldChangeAnswer>>([.. changes.Select(FieldChangeAnswer.Of)]);
    }

    private static async Task<Ok<AsAtAnswer>> AsAtAsync([Description("The id of the customer.")] long id,
        [Description("A day of the shop, which has not come to its end in the future.")] DateOnly day, AsAtService past,
        CancellationToken cancellationToken) => TypedResults.Ok(AsAtAnswer.Of(
            await past.GetAsync(id, day, cancellationToken) ?? throw ApiException.NotFound(CustomerPartEndpoints.NoCustomer)));

    private static async Task<Ok<UndoAnswer>> UndoAsync([Description("The id of the change.")] long changeSetId, UndoBody body,
        UndoService undo, CancellationToken cancellationToken) =>
        TypedResults.Ok(UndoAnswer.Of(await undo.UndoAsync(changeSetId, body.AlsoChangedLater, cancellationToken)));
}
