using System.Globalization;

namespace CrmPortal.Api;

/// <summary>
/// Says of an endpoint that it stays for the programs that use it, and which one does the same for new ones: in its document, and in the
/// headers of each of its answers (RFC 9745, RFC 8288).
/// </summary>
/// <param name="Since">The first day, in UTC.</param>
/// <param name="Method">The method of the endpoint that takes its place.</param>
/// <param name="Successor">Its address, with values of this one's address in braces.</param>
internal sealed record Deprecation(DateOnly Since, string Method, string Successor)
{
    public const string Header = "Deprecation";
    public const string SunsetHeader = "Sunset";
    private const string Pages = "/api/docs/index.html";

    /// <summary>The day from which on it may be gone (RFC 8594), where that is decided.</summary>
    public DateOnly? Sunset { get; init; }

    /// <summary>As the document says it.</summary>
    public string Sentence => string.Create(CultureInfo.InvariantCulture,
        $"Deprecated since {Since:yyyy-MM-dd}; use {Method} {Successor} instead.{(Sunset is { } day ? $" It ends on {day:yyyy-MM-dd}." : "")}");

    /// <summary>Adds the headers, to those of lists too.</summary>
    public void Write(IHeaderDictionary headers, RouteValueDictionary values)
    {
        headers[Header] = string.Create(CultureInfo.InvariantCulture, $"@{Instant(Since).ToUnixTimeSeconds()}");
        if (Sunset is { } day) headers[SunsetHeader] = Instant(day).ToString("R", CultureInfo.InvariantCulture);
        var address = values.Aggregate(Successor, (text, value) => text.Replace($"{{{value.Key}}}",
            Uri.EscapeDataString(Convert.ToString(value.Value, CultureInfo.InvariantCulture) ?? ""), StringComparison.Ordinal));
        headers.Append("Link", $"<{address}>; rel=\"successor-version\", <{Pages}>; rel=\"deprecation\"; type=\"text/html\"");
    }

    private static DateTimeOffset Instant(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);
}

internal static class DeprecationExtensions
{
    /// <summary>Marks an endpoint that only published documents keep; what takes its place stands in the core.</summary>
    public static TBuilder DeprecatedFor<TBuilder>(this TBuilder builder, DateOnly since, string method, string successor)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Deprecation(since, method, successor));

    /// <summary>Before anything may refuse the request: refusals say it too.</summary>
    public static void UseDeprecations(this WebApplication app) => app.Use((context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<Deprecation>() is { } deprecated)
        {
            var values = new RouteValueDictionary(context.Request.RouteValues);
            context.Response.OnStarting(() =>
            {
                deprecated.Write(context.Response.Headers, values);
                return Task.CompletedTask;
            });
        }

        return next(context);
    });
}
