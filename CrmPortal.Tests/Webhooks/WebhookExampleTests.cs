using System.Diagnostics;
using System.Globalization;
using CrmPortal.Core.Webhooks;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Webhooks;

/// <summary>The example of the documentation is right.</summary>
public sealed class WebhookExampleTests
{
    [Fact]
    public async Task Signature_IsVerifiedAsTheDocumentationSays()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/openssl") && File.Exists("/bin/sh"), "There is no openssl here.");
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "webhooks.md"), TestContext.Current.CancellationToken);
        var script = page.Split("```sh\n")[1].Split("```")[0];
        var secret = WebhookSignature.NewSecret();
        const string Body = """{"id":"evt_1","event":"customer.updated"}""";
        var signature = WebhookSignature.Of(secret, "evt_1", 1_800_000_000, Body);
        var other = WebhookSignature.Of(WebhookSignature.NewSecret(), "evt_1", 1_800_000_000, Body);

        Assert.Equal(0, await RunAsync(script, Body, secret, "evt_1", "1800000000", signature));
        Assert.Equal(0, await RunAsync(script, Body, secret, "evt_1", "1800000000", $"{other} {signature}"));
        Assert.Equal(1, await RunAsync(script, Body, secret, "evt_1", "1800000000", other));
        Assert.Equal(1, await RunAsync(script, Body + " ", secret, "evt_1", "1800000000", signature));
        Assert.Equal(1, await RunAsync(script, Body, secret, "evt_1", 1_800_000_001.ToString(CultureInfo.InvariantCulture), signature));
    }

    private static async Task<int> RunAsync(string script, string body, params string[] arguments)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script, "verify", .. arguments])
        {
            RedirectStandardInput = true,
        })!;
        await shell.StandardInput.WriteAsync(body);
        shell.StandardInput.Close();
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        return shell.ExitCode;
    }
}
