using System.Globalization;
using System.Text.Json.Nodes;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Api.Fuzzing;

/// <summary>A value that an operation takes from its address or from a header.</summary>
internal sealed record DescribedParameter(string Name, string In, bool IsRequired, JsonNode? Schema);

/// <summary>An operation of the API as one of its documents describes it, which is all that is known of it here.</summary>
internal sealed class DescribedOperation(JsonObject document, string path, string method, JsonObject node)
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];

    public JsonObject Document { get; } = document;

    public string Path { get; } = path;

    public string Method { get; } = method.ToUpperInvariant();

    public string Id { get; } = (string)node["operationId"]!;

    public IReadOnlyList<DescribedParameter> Parameters { get; } =
        [
        .. (node["parameters"]?.AsArray() ?? []).Select(p =>
            new DescribedParameter((string)p!["name"]!, (string)p["in"]!, (bool?)p["required"] == true, p["schema"])),
    ];

    public string Description => (string?)node["description"] ?? "";

    public bool IsDeprecated => (bool?)node["deprecated"] == true;

    /// <summary>The permission that it names.</summary>
    public string Needs => Description.Split('`') is [_, var permission, ..] ? permission : "";

    public bool HasBody => node["requestBody"] is not null;

    public bool TakesForm => Content?.ContainsKey("multipart/form-data") == true;

    public JsonNode? BodySchema => Resolved((TakesForm ? Content!["multipart/form-data"] : Content?["application/json"])?["schema"]);

    /// <summary>The first that it takes.</summary>
    public string MediaType => Content?.First().Key ?? "application/json";

    /// <summary>The body that the document prints.</summary>
    public JsonNode? BodyExample => Content?["application/json"]?["example"];

    public IEnumerable<string> Statuses => Answers.Select(a => a.Key);

    private JsonObject? Content => node["requestBody"]?["content"]?.AsObject();

    private JsonObject Answers => node["responses"]!.AsObject();

    /// <summary>Every operation of every document that the program serves.</summary>
    public static async Task<List<DescribedOperation>> ReadAllAsync(TestApp app, CancellationToken cancellationToken)
    {
        using var client = app.CreateClient();
        var all = new List<DescribedOperation>();
        foreach (var contract in app.Services.GetServices<ApiMount>().Select(m => m.Contract))
        {
            var document = JsonNode.Parse(await client.GetStringAsync(ApiDocument.AddressOf(contract), cancellationToken))!.AsObject();
            all.AddRange(document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Where(o => Methods.Contains(o.Key))
                .Select(o => new DescribedOperation(document, p.Key, o.Key, o.Value!.AsObject()))));
        }

        return all;
    }

    /// <summary>What an answer of this status and media type may hold; null where the document has no such answer.</summary>
    public (bool IsDescribed, JsonNode? Schema) Answer(int status, string? mediaType)
    {
        if (Answers[status.ToString(CultureInfo.InvariantCulture)] is not JsonObject answer) return (false, null);
        if (answer["content"] is not JsonObject content || content.Count == 0) return (mediaType is null, null);
        return mediaType is not null && content[mediaType] is JsonObject found ? (true, found["schema"])
            : (content.ContainsKey("application/octet-stream"), null);
    }

    /// <summary>Whether it reads a header.</summary>
    public bool Takes(string header) => Parameters.Any(p => p.In == "header" && p.Name == header);

    /// <summary>The headers that an answer of this status has.</summary>
    public IEnumerable<string> Headers(int status) =>
        (Answers[status.ToString(CultureInfo.InvariantCulture)]?["headers"] as JsonObject ?? []).Select(h => h.Key);

    /// <summary>The schema itself where another place is named.</summary>
    public JsonNode? Resolved(JsonNode? schema)
    {
        while (schema is JsonObject found && (string?)found["$ref"] is { } place)
            schema = place.TrimStart('#', '/').Split('/').Aggregate((JsonNode?)Document, (at, name) => at?[name]);
        return schema;
    }
}
