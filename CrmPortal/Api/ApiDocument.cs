using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Mime;
using System.Text.Json.Nodes;
using CrmPortal.Account;
using System.Text.Json.Serialization.Metadata;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace CrmPortal.Api;

/// <summary>
/// The descriptions of the API for programs (OpenAPI), one for each contract, and the pages on which people read and try it out.
/// </summary>
internal static class ApiDocument
{
    public const string Title = "CrmPortal API";
    private const string Address = "/api/openapi/{documentName}.json";
    private const string Scheme = "bearer";
    private static readonly int[] Always = [400, 413, 415, 429, 500, 503, 507];
    private static readonly int[] SignedIn = [401, 403];
    private static readonly int[] Remembered = [409, 422];

    public static void AddApiDocument(this IServiceCollection services, ApiContract contract) =>
        services.AddOpenApi(contract.Name, options =>
        {
            var types = new ConcurrentDictionary<string, JsonTypeInfo>();
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = endpoint => Of(endpoint.ActionDescriptor.EndpointMetadata).Name == contract.Name;
            options.AddDocumentTransformer((document, _, _) => Describe(document, contract));
            options.AddOperationTransformer((operation, context, token) => DescribeOperation(operation, context, contract, token));
            options.AddSchemaTransformer((schema, context, token) => ShowAsWritten(schema, context, contract, token));
            options.CreateSchemaReferenceId = json => IsOptional(json.Type) ? null : ContractSchemas.Noted(json, types);
            options.AddDocumentTransformer((document, _, _) =>
            {
                contract.Spell(document, types);
                contract.Envelope(document);
                document.RemoveUnused();
                return Task.CompletedTask;
            });
        });

    public static void MapApiDocuments(this WebApplication app, IReadOnlyList<ApiMount> mounts)
    {
        app.MapOpenApi(Address).AllowAnonymous().WithMetadata(ApiContract.Core);
        app.MapSwaggerUI("api/docs", o =>
        {
            foreach (var contract in mounts.Select(m => m.Contract)) o.SwaggerEndpoint(AddressOf(contract), TitleOf(contract));
            o.DocumentTitle = Title;
        }).AllowAnonymous().WithMetadata(ApiContract.Core);
        app.MapReference();
    }

    public static string AddressOf(ApiContract contract) => Address.Replace("{documentName}", contract.Name, StringComparison.Ordinal);

    private static string TitleOf(ApiContract contract) => contract == ApiContract.Core ? Title : $"{Title} ({contract.Name})";

    private static ApiContract Of(IEnumerable<object> metadata) => metadata.OfType<ApiContract>().LastOrDefault() ?? ApiContract.Core;

    private static Task Describe(OpenApiDocument document, ApiContract contract)
    {
        document.Info = new()
        {
            Title = TitleOf(contract), Version = "1",
            Description =
                "Customers and what belongs to them. Send an API key of the settings, or an access token from POST /api/auth/login, as "
                + "Authorization: Bearer. "
                + "Errors are RFC 9457 problems. Lists link their pages in the Link header. "
                + "Changes may carry If-Match, creations an Idempotency-Key.",
        };
        document.Servers = [new() { Url = "/" }];
        document.Components ??= new();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = Scheme,
            Description = "An API key, or an access token from POST /api/auth/login." };
        document.Security = [new() { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
        return Task.CompletedTask;
    }

    private static async Task DescribeOperation(OpenApiOperation operation, OpenApiOperationTransformerContext context,
        ApiContract contract, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<Microsoft.AspNetCore.Authorization.IAllowAnonymous>().Any()) operation.Security = [];
        if (metadata.OfType<NeededPermission>().LastOrDefault() is { } needed)
            operation.Description = $"{needed.Sentence} {operation.Description}".TrimEnd();

        operation.Responses ??= [];
        operation.Parameters ??= [];
        if (metadata.OfType<Deprecation>().LastOrDefault() is { } deprecation) Deprecate(operation, deprecation);
        foreach (var id in operation.Parameters.OfType<OpenApiParameter>().Where(p => p is { In: ParameterLocation.Path, Name: "id" }))
            id.Schema = contract.IdSchema();
        if (context.Document?.Components?.Schemas?.ContainsKey(nameof(Problem)) != true)
            context.Document!.AddComponent(nameof(Problem), await context.GetOrCreateSchemaAsync(typeof(Problem), null, cancellationToken));
        foreach (var status in Statuses(context.Description, metadata))
        {
            operation.Responses[status.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
                Content = new Dictionary<string, OpenApiMediaType> { [Problem.ContentType] =
                    new() { Schema = new OpenApiSchemaReference(nameof(Problem), context.Document) } },
            };
        }

        foreach (var tagged in metadata.OfType<TaggedAnswer>())
        {
            foreach (var answer in operation.Responses.Where(r => r.Key[0] == '2').Select(r => r.Value).OfType<OpenApiResponse>())
                (answer.Headers ??= new Dictionary<string, IOpenApiHeader>())["ETag"] =
                    new OpenApiHeader { Description = "The version of the record.", Schema = Text() };
            if (!tagged.IsConditional) continue;
            AddHeader(operation, "If-None-Match",
                "The ETag of the response that you have; if it is current, the response is 304 without a body.");
            operation.Responses["304"] = new OpenApiResponse { Description = "You have the current version." };
        }

        if (operation.Responses.ContainsKey("412"))
            AddHeader(operation, "If-Match", "The ETag that you started from; if its version is stale, nothing is changed (412).");
        if (IsRemembered(context.Description, metadata))
            AddHeader(operation, Idempotency.Header,
            "Any unique text for this request; if it is sent again within 24 hours, it gets the first response.");
        if (operation.Responses.TryGetValue("429", out var limited) && limited is OpenApiResponse response)
            (response.Headers ??= new Dictionary<string, IOpenApiHeader>())["Retry-After"] =
                new OpenApiHeader { Description = "Seconds to wait.", Schema = Text() };
        DescribeFiles(operation);
        AddExamples(operation, metadata);
    }

    private static void Deprecate(OpenApiOperation operation, Deprecation deprecation)
    {
        operation.Deprecated = true;
        operation.Description = $"{operation.Description} {deprecation.Sentence}".TrimStart();
        foreach (var answer in operation.Responses!.Where(r => r.Key[0] == '2').Select(r => r.Value).OfType<OpenApiResponse>())
        {
            answer.Headers ??= new Dictionary<string, IOpenApiHeader>();
            answer.Headers[Deprecation.Header] = new OpenApiHeader { Description = "Since when (RFC 9745).", Schema = Text() };
            answer.Headers["Link"] = new OpenApiHeader { Description = "What takes its place, as successor-version.", Schema = Text() };
            if (deprecation.Sunset is not null)
                answer.Headers[Deprecation.SunsetHeader] = new OpenApiHeader { Description = "When it ends (RFC 8594).", Schema = Text() };
        }
    }

    /// <summary>What is no JSON is text or bytes, whatever type of ours the endpoint makes it of.</summary>
    private static void DescribeFiles(OpenApiOperation operation)
    {
        foreach (var (type, content) in operation.Responses!.Values
            .SelectMany(r => r.Content ?? new Dictionary<string, OpenApiMediaType>()))
        {
            if (type.Contains("json", StringComparison.Ordinal)) continue;
            content.Schema = Text();
            if (type == MediaTypeNames.Application.Octet) ((OpenApiSchema)content.Schema).Format = "binary";
        }
    }

    private static void AddExamples(OpenApiOperation operation, IList<object> metadata)
    {
        foreach (var example in metadata.OfType<ApiExample>())
        {
            var content = example.Status == 0
                ? operation.RequestBody?.Content
                : operation.Responses!.TryGetValue(example.Status.ToString(CultureInfo.InvariantCulture),
                    out var answer) ? answer.Content : null;
            if (content is null) continue;
            foreach (var media in content.Where(c => content.Count == 1 || c.Key.Contains("json", StringComparison.Ordinal)))
                media.Value.Example = Of(metadata).Example(JsonNode.Parse(example.Json)!, example.Status);
        }
    }

    /// <summary>
    /// Describes what our converters write: texts for choices and instants, and for an optional field its value; that it may be
    /// absent is said by not being required.
    /// </summary>
    private static async Task ShowAsWritten(OpenApiSchema schema, OpenApiSchemaTransformerContext context, ApiContract contract,
        CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) is { IsEnum: true } choice ? choice : context.JsonTypeInfo.Type;
        contract.DescribeWritten(schema, type, isInJson: context.ParameterDescription is null);
        if (type.IsEnum && contract.Naming != ApiContract.Core.Naming)
            schema.Enum = [.. Enum.GetNames(type).Select(name => JsonValue.Create(contract.Naming.ConvertName(name)))];
        if (type.IsEnum) schema.Type = JsonSchemaType.String;
        // That there may be none is said where the choice is named.
        if (type.IsEnum && schema.Enum is { } choices) schema.Enum = [.. choices.Where(c => c is not null)];
        if (schema.Type?.HasFlag(JsonSchemaType.Array) == true && schema.Items is null && context.JsonTypeInfo.ElementType is { } element)
            schema.Items = await context.GetOrCreateSchemaAsync(element, null, cancellationToken);
        if (!IsOptional(type)) return;
        var inner = type.GetGenericArguments()[0];
        var value = await context.GetOrCreateSchemaAsync(inner, null, cancellationToken);
        schema.Type = value.Type;
        schema.Format = value.Format;
        schema.Items = value.Items;
        schema.Properties = contract.Within(value.Properties, context.JsonTypeInfo.Options.GetTypeInfo(inner));
        schema.Enum = value.Enum;
        // Whatever is not a choice may be cleared by null.
        if (!inner.IsEnum) schema.Type |= JsonSchemaType.Null;
    }

    private static bool IsOptional(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>);

    /// <summary>
    /// Describes a header, in place of what the endpoint itself says of one that it reads: each parameter is there once.
    /// </summary>
    private static void AddHeader(OpenApiOperation operation, string name, string description)
    {
        foreach (var own in operation.Parameters!.Where(p => p.In == ParameterLocation.Header
            && string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase)).ToList())
            operation.Parameters!.Remove(own);
        operation.Parameters!
            .Add(new OpenApiParameter { Name = name, In = ParameterLocation.Header, Description = description, Schema = Text() });
    }

    private static bool IsRemembered(ApiDescription description, IList<object> metadata) =>
        metadata.OfType<RememberedAnswers>().Any() && !metadata.OfType<NotRemembered>().Any()
        && HttpMethods.IsPost(description.HttpMethod!);

    /// <summary>The errors that an endpoint declares, and those that any endpoint can return.</summary>
    private static IEnumerable<int> Statuses(ApiDescription description, IList<object> metadata)
    {
        IEnumerable<int> statuses = [.. metadata.OfType<AnsweredProblems>().SelectMany(p => p.Statuses), .. Always];
        if (!metadata.OfType<Microsoft.AspNetCore.Authorization.IAllowAnonymous>().Any()) statuses = statuses.Concat(SignedIn);
        if (IsRemembered(description, metadata)) statuses = statuses.Concat(Remembered);
        if (!HttpMethods.IsGet(description.HttpMethod!) || description.ParameterDescriptions.Any(p => p.Source == BindingSource.Query))
            statuses = statuses.Append(Of(metadata).InvalidStatus);
        // What changes a record that has a tag takes If-Match.
        if (metadata.OfType<TaggedAnswer>().Any(t => !t.IsConditional) && !HttpMethods.IsPost(description.HttpMethod!))
            statuses = statuses.Append(StatusCodes.Status412PreconditionFailed);
        return statuses.Distinct().Order();
    }

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };
}

/// <summary>The permission that an endpoint demands.</summary>
internal sealed record NeededPermission(string Permission)
{
    /// <summary>Whether the account of a customer reaches what is their own by it.</summary>
    public bool IsOpenToOwner { get; init; }

    /// <summary>As the document says it.</summary>
    public string Sentence
    {
        get => field ?? $"Needs the permission `{Permission}`{(IsOpenToOwner ? ", or the customer's own account" : "")}.";
        init;
    }
}

/// <summary>The errors that an endpoint may answer.</summary>
internal sealed record AnsweredProblems(IReadOnlyList<int> Statuses);

/// <summary>Says that an endpoint answers an <c>ETag</c>, and whether it may answer 304.</summary>
internal sealed record TaggedAnswer(bool IsConditional);

/// <summary>An example of a request (status 0) or of an answer.</summary>
internal sealed record ApiExample(int Status, string Json);

/// <summary>What endpoints say about themselves.</summary>
internal static class EndpointDescriptions
{
    public static TBuilder NeedsPermission<TBuilder>(this TBuilder builder, string permission)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(permission)
            .WithMetadata(new NeededPermission(permission));

    /// <summary>One of these is enough; the service demands it, since a policy is one permission.</summary>
    public static TBuilder NeedsAnyPermission<TBuilder>(this TBuilder builder, params IReadOnlyList<string> permissions)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization()
            .WithMetadata(new NeededPermission(string.Join("` or `", permissions)));

    /// <summary>
    /// For who holds the permission, and for a customer with an account of their own; the service asks whose the record is, and to
    /// everybody else it is not there.
    /// </summary>
    public static TBuilder NeedsPermissionOrOwner<TBuilder>(this TBuilder builder, string permission)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(AccountPolicies.OwnerOr(permission))
            .WithMetadata(new NeededPermission(permission) { IsOpenToOwner = true });

    /// <summary>For customers with an account of their own.</summary>
    public static TBuilder NeedsOwnAccount<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(AccountPolicies.OwnAccount)
            .WithMetadata(new NeededPermission("") { Sentence = "Needs the account of a customer." });

    /// <summary>For whoever is signed in, about their own account.</summary>
    public static TBuilder NeedsAnyAccount<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(AccountPolicies.AnyAccount)
            .WithMetadata(new NeededPermission("") { Sentence = "Needs any account." });

    public static TBuilder AnswersProblems<TBuilder>(this TBuilder builder, params IReadOnlyList<int> statuses)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new AnsweredProblems(statuses));

    public static TBuilder AnswersTagged<TBuilder>(this TBuilder builder, bool isConditional)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new TaggedAnswer(isConditional));

    /// <summary>Everything that the description says of a route without conditions of its own.</summary>
    public static RouteHandlerBuilder Documented(this RouteHandlerBuilder route, string name, string summary, string permission,
        string? request, int status, string answer) => route.NeedsPermission(permission).Documented(name, summary, request, status, answer);

    /// <summary>The same for a route that says itself who may use it.</summary>
    public static RouteHandlerBuilder Documented(this RouteHandlerBuilder route, string name, string summary, string? request, int status,
        string answer)
    {
        route.WithName(name).WithSummary(summary).WithExample(request, status, answer);
        return request is null ? route.AnswersProblems(400, 401, 403, 404, 429, 500, 503) : route.AnswersProblems(400, 401, 403, 404, 409,
            413, 415, 429, 500, 503);
    }

    public static TBuilder WithExample<TBuilder>(this TBuilder builder, string? request, int status, string answer)
        where TBuilder : IEndpointConventionBuilder
    {
        if (request is not null) builder.WithMetadata(new ApiExample(0, request));
        return builder.WithMetadata(new ApiExample(status, answer));
    }
}
