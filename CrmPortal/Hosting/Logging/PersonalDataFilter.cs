using System.Diagnostics;
using CrmPortal.Core.Platform.Common;
using OpenTelemetry;

namespace CrmPortal.Hosting;

/// <summary>
/// Leaves in a span only what cannot name a person. Addresses (paths, queries, hosts), user agents and the texts of faults go; the
/// route's template, the status and the text of a statement, whose values are parameters, stay.
/// </summary>
internal sealed class PersonalDataFilter : BaseProcessor<Activity>
{
    private const string Route = "http.route";
    private const string Method = "http.request.method";

    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        Method, Route, "http.response.status_code", "url.scheme", "network.protocol.name", "network.protocol.version", "error.type",
        "db.system", "db.system.name", "db.operation.name", "db.query.text", "db.statement", "db.response.status_code",
        "aspnetcore.components.type", "aspnetcore.components.method", "aspnetcore.components.attribute.name", "aspnetcore.components.route",
    };

    public override void OnEnd(Activity data)
    {
        var isOurs = data.Source.Name == CrmDiagnostics.Name;
        foreach (var (key, _) in data.TagObjects.ToList())
            if (!isOurs && !Harmless.Contains(key)) data.SetTag(key, null);
        data.SetStatus(data.Status);
        if (data.GetTagItem(Method) is string method) data.DisplayName = data.GetTagItem(Route)
            is string route ? $"{method} {route}" : method;
    }
}
