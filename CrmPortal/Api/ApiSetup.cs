using System.Text.Json;
using System.Text.Json.Serialization;
using CrmPortal.Features.Consents;
using CrmPortal.Features.Customers;
using CrmPortal.Features.Documents;
using CrmPortal.Features.Duplicates;
using CrmPortal.Features.Loyalty;
using CrmPortal.Features.Orders;
using CrmPortal.Features.Verification;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Json;

namespace CrmPortal.Api;

/// <summary>
/// The parts that every endpoint of the REST API shares: JSON, errors, limits, documents. Endpoints stand with their feature.
/// </summary>
internal static class ApiSetup
{
    public const string Root = "/api";
    public const long LargestBody = 1024 * 1024;
    private const int DeepestJson = 32;

    public static void AddCrmApi(this IServiceCollection services)
    {
        services.Configure<JsonOptions>(o =>
        {
            var json = o.SerializerOptions;
            json.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.DictionaryKeyPolicy = null;
            json.PropertyNameCaseInsensitive = false;
            json.NumberHandling = JsonNumberHandling.Strict;
            json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.AllowDuplicateProperties = false;
            json.MaxDepth = DeepestJson;
            json.Converters.Add(new OptionalConverter());
            json.Converters.Add(new InstantConverter());
            json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        });
        // What cannot be bound is thrown, so that it becomes an answer that says what is wrong.
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusedPermissions>();
        services.AddApiRateLimit();
        services.AddApiDocument();
    }

    /// <summary>Comes after authorization: what is remembered belongs to a user who might ask for it.</summary>
    public static void UseCrmApi(this WebApplication app)
    {
        app.UseMiddleware<MergedIds>();
        app.UseMiddleware<Idempotency>();
    }

    public static void MapCrmApi(this WebApplication app)
    {
        app.MapApiDocument();
        var api = app.MapGroup(Root).RequireAuthorization().DisableAntiforgery().WithMetadata(new RememberedAnswers());
        api.DemandWholeLists();
        api.MapCustomers();
        api.MapDocuments();
        api.MapConsents();
        api.MapVerification();
        api.MapCustomerParts();
        api.MapTags();
        api.MapMerging();
        api.MapLoyalty();
        api.MapRetailCustomers();
        api.MapOrders();
        api.MapShopping();
    }

    public static bool IsApi(this HttpRequest request) => request.Path.StartsWithSegments(Root);
}
