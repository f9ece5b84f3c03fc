using System.Net.Mime;
using CrmPortal.Api;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.SelfService;

namespace CrmPortal.Features.SelfService;

/// <summary>The copy of a customer's data that they have a right to, for staff who answer such a wish.</summary>
internal static class PersonalDataEndpoints
{
    public static void MapPersonalData(this RouteGroupBuilder api) =>
        api.MapGet(@"/customers/{id:regex(^\d+$)}/export", ExportAsync).WithTags("Customers").NeedsPermission(Permissions.CustomersExport)
            .WithName("ExportPersonalData").WithSummary("Download a copy of everything that the customer has a right to see")
            .WithDescription("Needs the right to see sensitive values as well.")
            .Produces<object>(StatusCodes.Status200OK, MediaTypeNames.Application.Json)
            .AnswersProblems(400, 401, 403, 404, 429, 500, 503);

    private static async Task ExportAsync(long id, HttpContext http, PersonalDataService data, CancellationToken cancellationToken)
    {
        var write = await data.OpenAsync(id, cancellationToken) ?? throw ApiException.NotFound("Customer not found");
        http.Response.ContentType = MediaTypeNames.Application.Json;
        await write(http.Response.BodyWriter, cancellationToken);
    }
}
