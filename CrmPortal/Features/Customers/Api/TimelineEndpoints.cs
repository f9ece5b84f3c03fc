using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Timeline;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Customers;

/// <summary>Everything that happened with a customer, for programs.</summary>
internal static class TimelineEndpoints
{
    public static void MapTimeline(this RouteGroupBuilder customer) => customer.MapGet("/timeline", ReadAsync)
        .Documented("GetTimeline", "List everything that happened with a customer, newest first", Permissions.CustomersView, null, 200,
            CustomerPartExamples.Timeline);

    private static async Task<Ok<TimelineAnswer>> ReadAsync(
        long id, TimelineService timeline, CustomerService customers, CancellationToken cancellationToken,
        [Description("order, refund, note, consent, document, points, change, ticket, chat or network; separated by commas. Defaults to all.")] string? kinds = null,
        [Description("Text to search for in the entries.")] string? search = null,
        [Description("The next value of the previous page.")] string? before = null, int limit = ListQuery.UsualLimit)
    {
        await customers.FindAsync(id, cancellationToken);
        var page = await timeline.ReadAsync(id, new([.. Kinds(kinds)], search, before, limit), cancellationToken);
        return TypedResults.Ok(new TimelineAnswer([.. page.Entries.Select(TimelineLine.Of)], page.Next));
    }

    private static IEnumerable<TimelineKind> Kinds(string? kinds) => (kinds ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(word => Enum.TryParse<TimelineKind>(word, true, out var kind) && !int.TryParse(word, out _)
            ? kind : throw ApiException.BadField("kinds", $"There is no kind {word}."));
}
