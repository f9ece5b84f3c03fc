using System.Net;
using System.Text.Json.Nodes;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Api.Core;

/// <summary>What the tests of the core tree ask again and again.</summary>
internal static class CoreClient
{
    private const int MostLooks = 10_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<JsonNode> SendAsync(this HttpClient client, HttpMethod method, string path, string? body,
        HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : ApiClient.Json(body) };
        using var answer = await client.SendAsync(request, Token);
        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(expected == answer.StatusCode, $"{method} {path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    public static Task<JsonNode> ReadAsync(this HttpClient client, string path) => client.SendAsync(HttpMethod.Get, path, null,
        HttpStatusCode.OK);

    public static async Task<long> CustomerAsync(this HttpClient client, string name, string? email = null) =>
        (long)(await client.CreateCustomerAsync(new JsonObject { ["name"] = name, ["email"] = email }.ToJsonString()))["id"]!;

    /// <summary>Starts work by a request, has it done, and returns the job as its address says.</summary>
    public static async Task<JsonNode> WorkAsync(this TestApp app, HttpClient client, string path, string? body = null)
    {
        using var started = await client.PostAsync(path, body is null ? null : ApiClient.Json(body), Token);
        var text = await started.Content.ReadAsStringAsync(Token);
        Assert.True(started.StatusCode == HttpStatusCode.Accepted, $"{path}: {(int)started.StatusCode} {text}");
        for (var looks = 0; looks < MostLooks; looks++)
        {
            // The program's own runner may have taken it; then this one has nothing to do, and the job is looked at again.
            await app.Services.GetRequiredService<JobRunner>().RunWaitingAsync(Token);
            var job = await client.ReadAsync(started.Headers.Location!.ToString());
            if ((string)job["state"]! is not ("waiting" or "running")) return job;
        }

        throw new InvalidOperationException($"The job of {path} does not end.");
    }
}
