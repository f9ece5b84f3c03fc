using CrmPortal.Commands;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Commands;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(false, "--urls", "http://localhost:5080")]
    [InlineData(false, "--Database:Provider", "Postgres")]
    [InlineData(true, "backup", "x")]
    [InlineData(true, "--help")]
    public void Finds_AVerb_OnlyWhereOneStandsFirst(bool expected, params string[] args) => Assert.Equal(expected, CommandLine.Finds(args));

    [Theory]
    [InlineData("help")]
    [InlineData("--help")]
    public async Task Help_ListsEveryVerb(string word)
    {
        var (code, output, _) = await RunAsync(word);

        Assert.Equal(0, code);
        foreach (var verb in new[] { "backup FILE", "restore FILE" })
            Assert.Contains("CrmPortal " + verb, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("There is no command", "bakup", "x")]
    [InlineData("FILE is missing", "backup")]
    [InlineData("too much", "backup", "a", "b")]
    [InlineData("--fast is not known", "backup", "a", "--fast")]
    [InlineData("--overwrite=yes is not known", "backup", "a", "--overwrite=yes")]
    [InlineData("given twice", "backup", "a", "--overwrite", "--overwrite")]
    [InlineData("needs a value", "backup", "a", "--Database:Provider")]
    public async Task Misuse_IsToldWithTheUsage_AndEndsWithTwo(string sentence, params string[] args)
    {
        var (code, output, error) = await RunAsync(args);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains(sentence, error, StringComparison.Ordinal);
        Assert.Contains("CrmPortal backup FILE [--overwrite]", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_AfterTheVerb_Count()
    {
        var (code, _, error) = await RunAsync("backup", "--Database:Provider=Oracle", "x", "--Shop:Currency", "XYZ");

        Assert.Equal(1, code);
        Assert.Contains("Oracle", error, StringComparison.Ordinal);
        Assert.Contains("XYZ", error, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task BackupAndRestore_AsCommands_TellWhatTheyDid_AndWhetherTheKeyFileFits(DatabaseKind kind)
    {
        var folder = Directory.CreateTempSubdirectory("crm-commands-").FullName;
        var file = Path.Combine(folder, "crm.backup");
        await using (var app = await TestApp.StartAsync(kind))
        {
            (await app.ClientAsAsync(RoleNames.Staff)).Dispose();
            using var browser = app.CreateClient();
            // The sign-in form is protected by a key, which lies in the database from then on.
            await browser.GetAsync("/account/login");
            var (code, output, error) = await RunAsync(["backup", file, .. Settings(app.Database)]);
            Assert.Equal((0, true), (code, output.Contains("found whole", StringComparison.Ordinal)));
            Assert.DoesNotContain("Username", output + error, StringComparison.Ordinal);

            (code, _, error) = await RunAsync(["restore", file, "--replace", .. Settings(app.Database)]);
            Assert.Equal(1, code);
            Assert.Contains("a server or another command is using it", error, StringComparison.Ordinal);
            File.Copy(Path.Combine(app.Database.Options.DataFolder, "crm.key"), Path.Combine(folder, "crm.key"));
        }

        await using var fresh = await TestDatabase.CreateEmptyAsync(kind);
        var (restored, told, _) = await RunAsync(["restore", file, .. Settings(fresh)]);
        Assert.Equal(0, restored);
        Assert.Contains("crm.key is missing", told, StringComparison.Ordinal);
        File.Copy(Path.Combine(folder, "crm.key"), Path.Combine(fresh.Options.DataFolder, "crm.key"));
        (restored, told, _) = await RunAsync(["restore", file, "--replace", .. Settings(fresh)]);
        Assert.Equal(0, restored);
        Assert.Contains("The key file fits", told, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    internal static string[] Settings(TestDatabase database) =>
    [
        "--Database:Provider", database.Options.Provider, "--Database:DataFolder", database.Options.DataFolder, "--ConnectionStrings:Crm",
            database.Options.ConnectionString,
        "--Logging:LogLevel:Default=Warning",
    ];

    internal static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var code = await CommandLine.RunAsync(args, new(output, error), CancellationToken.None);
        return (code, output.ToString(), error.ToString());
    }
}
