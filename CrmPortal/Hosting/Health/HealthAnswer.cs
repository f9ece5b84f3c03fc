using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CrmPortal.Hosting;

/// <summary>Writes how the program is as JSON: each check with its status and what it has to say.</summary>
internal static class HealthAnswer
{
    public static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", report.Status.ToString());
        json.WriteStartObject("checks");
        foreach (var (name, entry) in report.Entries)
        {
            json.WriteStartObject(name);
            json.WriteString("status", entry.Status.ToString());
            // Not the exception, because this endpoint needs no sign-in.
            foreach (var (key, value) in entry.Data) json.WriteString(key, value.ToString());
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }
}
