using System.Diagnostics;
using System.Globalization;
using System.Text;
using CrmPortal.Commands;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Tickets.Receiving;

/// <summary>The command that mail servers pipe mails into: its exit codes are what they go by.</summary>
public sealed class MailCommandTests
{
    private const string Key = "a-key-of-more-than-24-letters";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, 0, false)]
    [InlineData(400, 65, true)]
    [InlineData(401, 77, true)]
    [InlineData(404, 75, true)]
    [InlineData(413, 65, true)]
    [InlineData(429, 75, true)]
    [InlineData(500, 75, true)]
    [InlineData(503, 75, true)]
    [InlineData(507, 75, true)]
    public async Task ExitCode_FollowsWhatTheServerAnswers_AndNothingIsOnStandardErrorWhereAllIsWell(int status, int code, bool hasError)
    {
        HttpRequest? asked = null;
        var body = "";
        await using var server = await ServeAsync(async context =>
        {
            asked = context.Request;
            using var reader = new StreamReader(context.Request.Body);
            body = await reader.ReadToEndAsync(Token);
            Assert.Equal((Key, "message/rfc822", "?mailbox=pipe&to=a%2Bb%40shop.example"),
                (context.Request.Headers["X-Intake-Key"].ToString(), context.Request.ContentType, context.Request.QueryString.Value));
            context.Response.StatusCode = status;
            await context.Response.WriteAsync("""{ "outcome": "new_ticket" }""", Token);
        });

        var (exit, _, error) = await RunAsync("Subject: x\n\nHello\n", "--url", server.Urls.First(), "--to", "a+b@shop.example",
            "--Support:IntakeKey", Key);

        Assert.Equal((code, hasError), (exit, error.Length > 0));
        Assert.NotNull(asked);
        Assert.Equal("Subject: x\n\nHello\n", body);
    }

    [Fact]
    public async Task Server_ThatDoesNotAnswer_IsToBeTriedLater()
    {
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ImapServer.FreePort()}");

        var (exit, output, error) = await RunAsync("Subject: x\n\n", "--url", url, "--Support:IntakeKey", Key);

        Assert.Equal((75, ""), (exit, output));
        Assert.Contains("does not answer", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Subject: x", "--Support:IntakeKey", Key, "--to", "nobody")]
    [InlineData("Subject: x", "--Support:IntakeKey", Key, "--url", "ftp://x")]
    [InlineData("Subject: x", "--Support:IntakeKey", Key, "extra")]
    [InlineData("Subject: x", "--Support:IntakeKey", Key, "--fast")]
    [InlineData("Subject: x")]
    [InlineData("", "--Support:IntakeKey", Key)]
    public async Task Misuse_Has64(string mail, params string[] arguments)
    {
        var (exit, output, error) = await RunAsync(mail, arguments);

        Assert.Equal((64, ""), (exit, output));
        Assert.NotEmpty(error);
        Assert.DoesNotContain(Key, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_ThatAreWrong_AreNoReasonToLoseAMail() =>
        Assert.Equal(75, (await RunAsync("Subject: x\n\n", "--Support:IntakeKey", "short")).Exit);

    /// <summary>Through a program that fetches mails, against a real mailbox and a server that is not there at first.</summary>
    [Fact]
    public async Task Fetchmail_ThatPipesIntoIt_KeepsMailsUntilTheyAreTaken()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/fetchmail"), "The program that fetches mails (fetchmail) is not installed.");
        await using var imap = await ImapServer.StartAsync();
        await imap.PutAsync(MailboxTests.Mail("a1", "One"));
        await imap.PutAsync(MailboxTests.Mail("a2", "Two"));
        await using var database = await TestDatabase.CreateAsync(DatabaseKind.Sqlite);
        var folder = Directory.CreateTempSubdirectory("crm-fetchmail-").FullName;

        var nowhere = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ImapServer.FreePort()}");
        await FetchAsync(imap, folder, nowhere);
        Assert.Equal(["One", "Two"], (await imap.ListAsync()).Select(m => m.Subject));

        await using var server = await ServerProcess.StartAsync(database, Token,
            new Dictionary<string, string> { ["Support__IntakeKey"] = Key });
        var said = await FetchAsync(imap, folder, server.Address.ToString());

        Assert.True((await imap.ListAsync()).Count == 0, said);
        await using var db = database.CreateProvider().CreateContext(null);
        Assert.Equal(["One", "Two"], await db.Set<Core.Tickets.Ticket>().Select(t => t.Subject).OrderBy(s => s).ToListAsync(Token));
        // A mail that was taken already, by the whole program: nothing on standard error, which some take for a fault.
        var (exit, _, error) = await ProcessAsync("dotnet", ["exec", Program, "mail", "--url", server.Address.ToString()], folder,
            MailboxTests.Mail("a1", "One"));
        Assert.Equal((0, ""), (exit, error));
        Assert.Equal(2, await db.Set<Core.Tickets.ReceivedMail>().CountAsync(Token));
        (exit, _, error) = await ProcessAsync("dotnet", ["exec", Program, "mail", "--url", server.Address.ToString()], folder,
            MailboxTests.Mail("a3", "Three"), key: "another-key-of-24-letters-xx");
        Assert.Equal((77, true), (exit, error.Contains("refuses the key", StringComparison.Ordinal)));
        Assert.Equal(["fetchmailrc"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName)
            .Where(n => n![0] != '.' && n != "pid"));
        Directory.Delete(folder, recursive: true);
    }

    private static string Program => typeof(CommandLine).Assembly.Location;

    private static async Task<string> FetchAsync(ImapServer imap, string folder, string url)
    {
        var rc = Path.Combine(folder, "fetchmailrc");
        await File.WriteAllTextAsync(rc, string.Create(CultureInfo.InvariantCulture, $"""
            poll 127.0.0.1 protocol IMAP port {imap.Port} timeout 60 user "{ImapServer.User}" password "{ImapServer.Password}" sslproto ""
              mda "dotnet exec {Program} mail --to support@shop.example --url {url}"

            """), Token);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(rc, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var (_, output, error) = await ProcessAsync("/usr/bin/fetchmail", ["-f", rc, "--pidfile", Path.Combine(folder, "pid"), "-v"],
            folder, "");
        return output + error;
    }

    private static async Task<(int Exit, string Output, string Error)> ProcessAsync(string program, string[] arguments, string folder,
        string input, string key = Key)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder,
        };
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("ASPNETCORE_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        (start.Environment["HOME"], start.Environment["FETCHMAILHOME"]) = (folder, folder);
        start.Environment[MailCommand.KeyVariable] = key;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, await output, await error);
    }

    private static async Task<WebApplication> ServeAsync(RequestDelegate answer)
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(answer);
        await app.StartAsync(Token);
        return app;
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(string mail, params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        var exit = await CommandLine.RunAsync(["mail", .. arguments],
            new(output, error) { Input = () => new MemoryStream(Encoding.UTF8.GetBytes(mail)) }, Token);
        return (exit, output.ToString(), error.ToString());
    }
}
