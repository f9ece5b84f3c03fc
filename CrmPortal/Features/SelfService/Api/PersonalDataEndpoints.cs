using System.Net.Mime;
using CrmPortal.Api;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.SelfService;

namespace CrmPortal.Features.SelfService;

/// <summary>The copy of a customer's data that they have a right to, for staff who answer such a wish.</summary>
internal static class PersonalDataEndpoints
{
    /// <summary>How a copy begins.</summary>
    internal const string Copy = """
        {
          "format_version": 1, "written_at": "2026-01-31T09:30:00Z", "profile": { "number": "CUST-20251001-0001", "given_name": "John", "family_name": "Doe", "email": "john@example.com" },
          "addresses": [ { "type": "shipping", "is_default": true, "line1": "123 Main St", "city": "New York", "country": "US" } ],
          "orders": [ { "number": "W-1001", "placed_at": "2025-10-15T14:30:00Z", "status": "paid", "currency": "EUR", "total": 25.00 } ]
        }
        """;

    public static void MapPersonalData(this RouteGroupBuilder api) =>
        api.MapGet(@"/customers/{id:regex(^\d+$)}/export", ExportAsync).WithTags("Customers").NeedsPermission(Permissions.CustomersExport)
            .WithName("ExportPersonalData").WithSummary("Download a copy of everything that the customer has a right to see")
            .WithDescription("Needs the right to see sensitive values as well.").WithExample(null, 200, Copy)
            .Produces<object>(StatusCodes.Status200OK, MediaTypeNames.Application.Json)
            .AnswersProblems(400, 401, 403, 404, 429, 500, 503);

    private static async Task ExportAsync(long id, HttpContext http, PersonalDataService data)
    {
        if (!await PersonalDataAnswer.WriteAsync(http, data, id)) throw ApiException.NotFound("Customer not found");
    }
}
