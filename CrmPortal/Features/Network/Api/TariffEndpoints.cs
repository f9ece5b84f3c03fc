using System.ComponentModel;
using System.Globalization;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Network;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Features.Customers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Network;

/// <summary>The catalogue of tariffs for programs, such as billing.</summary>
internal static class TariffEndpoints
{
    private const string NotFound = "Tariff not found";
    private const string ById = @"/{id:regex(^\d+$)}";

    public static void MapTariffs(this RouteGroupBuilder api)
    {
        var tariffs = api.MapGroup("/tariffs").WithTags("Network access");
        tariffs.MapGet("/", ListAsync)
            .Documented("ListTariffs", "List the tariffs, those that are sold first", Permissions.CustomersView, null, 200,
                $$"""{ "items": [ {{NetworkExamples.Tariff}} ], "page": 1, "limit": 200, "total": 1, "pages": 1 }""");
        tariffs.MapPost("/", CreateAsync)
            .Documented("CreateTariff", "Create a tariff", Permissions.TariffsEdit, NetworkExamples.TariffInput, 201,
                NetworkExamples.Tariff).AnswersTagged(isConditional: false);
        tariffs.MapGet(ById, GetAsync)
            .Documented("GetTariff", "Get a tariff", Permissions.CustomersView, null, 200, NetworkExamples.Tariff)
            .AnswersTagged(isConditional: true);
        tariffs.MapPut(ById, ChangeAsync)
            .Documented("ReplaceTariff", "Change a tariff; absent fields stay as they are", Permissions.TariffsEdit,
                NetworkExamples.TariffInput, 200, NetworkExamples.Tariff).AnswersTagged(isConditional: false).AnswersProblems(412);
        tariffs.MapDelete(ById, DeleteAsync)
            .Documented("DeleteTariff", "Delete a tariff that no connection has", Permissions.TariffsEdit, null, 200,
                CustomerPartExamples.Done("Tariff deleted successfully.")).AnswersProblems(409, 412);
    }

    private static async Task<Ok<ListAnswer<TariffItem>>> ListAsync(HttpContext http, TariffService tariffs,
        CancellationToken cancellationToken)
    {
        var all = await tariffs.ListAsync(cancellationToken);
        return TypedResults.Ok(ListAnswer<TariffItem>.Of(http, [.. all.Select(TariffItem.Of)], 1, TariffService.MostTariffs, all.Count));
    }

    private static async Task<Created<TariffItem>> CreateAsync(TariffBody body, HttpContext http, TariffService tariffs,
        CancellationToken cancellationToken)
    {
        var made = Tagged(http, (await tariffs.CreateAsync(body.On(null), cancellationToken)).Part);
        return TypedResults.Created(string.Create(CultureInfo.InvariantCulture,
            $"{ApiSetup.Root}{http.Contract().Prefix}/tariffs/{made.Id}"), made);
    }

    private static async Task<Results<Ok<TariffItem>, StatusCodeHttpResult>> GetAsync([Description("The id of the tariff.")] long id,
        HttpContext http, TariffService tariffs, CancellationToken cancellationToken)
    {
        var tariff = await FindAsync(tariffs, id, cancellationToken);
        return EntityTags.Answer(http, tariff.Version, TariffItem.Of(tariff));
    }

    private static async Task<Ok<TariffItem>> ChangeAsync([Description("The id of the tariff.")] long id, TariffBody body,
        HttpContext http, TariffService tariffs, CancellationToken cancellationToken)
    {
        var expected = await ExpectedAsync(http, tariffs, id, cancellationToken);
        var changed = await CustomerPartEndpoints.JoinedAsync(async () =>
        {
            var present = await FindAsync(tariffs, id, cancellationToken);
            return await tariffs.ChangeAsync(id, body.On(present), expected ?? present.Version, cancellationToken);
        });
        return TypedResults.Ok(Tagged(http, (changed ?? throw ApiException.NotFound(NotFound)).Part));
    }

    private static async Task<Ok<DoneAnswer>> DeleteAsync([Description("The id of the tariff.")] long id, HttpContext http,
        TariffService tariffs, CancellationToken cancellationToken)
    {
        var expected = await ExpectedAsync(http, tariffs, id, cancellationToken);
        _ = await tariffs.RemoveAsync(id, expected, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return TypedResults.Ok(new DoneAnswer("Tariff deleted successfully."));
    }

    private static Task<long?> ExpectedAsync(HttpContext http, TariffService tariffs, long id, CancellationToken cancellationToken) =>
        EntityTags.ExpectedAsync(http.Request, async () => (await tariffs.GetAsync(id, cancellationToken))?.Version);

    private static async Task<TariffDetails> FindAsync(TariffService tariffs, long id, CancellationToken cancellationToken) =>
        await tariffs.GetAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound);

    private static TariffItem Tagged(HttpContext http, TariffDetails tariff)
    {
        var item = TariffItem.Of(tariff);
        http.Response.Headers.ETag = EntityTags.Tag(http, tariff.Version, item);
        return item;
    }
}
