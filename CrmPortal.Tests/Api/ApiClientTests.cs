using System.Diagnostics;
using System.Security.Cryptography;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Api;

/// <summary>
/// The documents of the API as others use them: a public linter finds nothing in them, and a client that is generated from them compiles
/// and does its work with the running portal. The packages for it are named beside this file, in Client.
/// </summary>
public sealed class ApiClientTests
{
    private const string Email = "journey@test.example";
    private const string Password = "a sentence that is long";
    private static readonly string Source = Path.Combine(Repository.Root, "CrmPortal.Tests", "Api", "Client");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Documents_PassALinter_AndMakeAClientThatWorks()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/node") && File.Exists("/usr/bin/npm"), "Node.js (nodejs, npm) is not installed.");
        var installing = InstallAsync();
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite, s => s.AddSingleton(TimeProvider.System));
        await AddAdministratorAsync(data);
        await using var server = await ServerProcess.StartAsync(data.Database, Token);
        var folder = await installing;
        var documents = await WriteDocumentsAsync(server, folder);

        // Both take their time, on a processor each.
        var linted = RunAsync(folder, "spectral",
            ["lint", "--quiet", "--fail-severity=warn", "--ruleset", "ruleset.yaml", .. documents]);
        foreach (var document in documents)
            await RunAsync(folder, "openapi-typescript", [document, "--output", Path.ChangeExtension(document, ".ts")]);
        await RunAsync(folder, "tsc", []);
        await linted;

        var said = await RunAsync(folder, "/usr/bin/node", [Path.Combine("built", "journey.js")], new()
        {
            ["CRM_ADDRESS"] = server.Address.ToString().TrimEnd('/'), ["CRM_EMAIL"] = Email, ["CRM_PASSWORD"] = Password,
        });
        Assert.Contains("The journey is done.", said, StringComparison.Ordinal);
    }

    /// <summary>
    /// Puts the packages of the lock file beside a copy of the sources; they stay for the next run with the same lock file.
    /// </summary>
    private static async Task<string> InstallAsync()
    {
        var locked = Convert.ToHexStringLower(SHA256.HashData(
            await File.ReadAllBytesAsync(Path.Combine(Source, "package-lock.json"), Token)));
        var folder = Path.Combine(Repository.Root, "artifacts", "api-client");
        var installed = Path.Combine(folder, "installed");
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(Source)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        if (File.Exists(installed) && await File.ReadAllTextAsync(installed, Token) == locked) return folder;
        await RunAsync(folder, "/usr/bin/npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
        await File.WriteAllTextAsync(installed, locked, Token);
        return folder;
    }

    private static async Task<IReadOnlyList<string>> WriteDocumentsAsync(ServerProcess server, string folder)
    {
        using var client = new HttpClient { BaseAddress = server.Address };
        var services = new ServiceCollection();
        services.AddCrmApi();
        var names = new List<string>();
        foreach (var contract in services.Select(s => s.ImplementationInstance).OfType<ApiMount>().Select(m => m.Contract))
        {
            names.Add($"{contract.Name}.json");
            await File.WriteAllTextAsync(Path.Combine(folder, names[^1]),
                await client.GetStringAsync(ApiDocument.AddressOf(contract), Token), Token);
        }

        return names;
    }

    private static async Task AddAdministratorAsync(TestServices data)
    {
        var user = await TestUsers.CreateAsync(data.Root, RoleNames.Administrator);
        await using var db = data.Database.CreateProvider().CreateContext(null);
        var hash = new PasswordHasher<User>().HashPassword(user, Password);
        await db.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(u => u.SetProperty(x => x.PasswordHash, hash)
            .SetProperty(x => x.Email, Email).SetProperty(x => x.NormalizedEmail, Email.ToUpperInvariant()), Token);
    }

    /// <summary>Runs a program, or a command of the packages, and returns what it said; fails where the program does.</summary>
    private static async Task<string> RunAsync(string folder, string command, IReadOnlyList<string> arguments,
        Dictionary<string, string>? settings = null)
    {
        var program = Path.IsPathRooted(command) ? command : Path.Combine(folder, "node_modules", ".bin", command);
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in settings ?? []) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
            await process.WaitForExitAsync(Token);
            var said = $"{await output}{await errors}";
            Assert.True(process.ExitCode == 0, $"{command} {string.Join(' ', arguments)}: {said}");
            return said;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
