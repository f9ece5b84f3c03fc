using CrmPortal.Core.Platform.Data;
using CrmPortal.Hosting;
using CrmPortal.Hosting.DataProtection;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Hosting;

public sealed class KeyFileTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Keys_LieWrappedInTheDatabase_AndOpenWithTheFileAlone(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        var protectedText = app.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test").Protect("secret");

        var file = Path.Combine(app.Database.Options.DataFolder, "crm.key");
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var provider = app.Services.GetRequiredService<IDatabaseProvider>();
        await using (var db = provider.CreateContext(null))
        {
            var keys = await db.DataKeys.Select(k => k.Xml).ToListAsync();
            Assert.NotEmpty(keys);
            Assert.All(keys, k => Assert.Contains("wrappedKey", k, StringComparison.Ordinal));
            Assert.All(keys, k => Assert.DoesNotContain("masterKey", k, StringComparison.Ordinal));
        }

        // Another node with the same file reads what the first one wrote.
        await using var node = Node(provider, file);
        Assert.Equal("secret", node.GetRequiredService<IDataProtectionProvider>().CreateProtector("test").Unprotect(protectedText));
        await StepAsync(provider, file);
    }

    [Fact]
    public async Task Start_WithAnotherOrNoFile_StopsWithASentence_AndMakesNoNewOne()
    {
        await using var app = await TestApp.StartAsync();
        app.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test").Protect("secret");
        var provider = app.Services.GetRequiredService<IDatabaseProvider>();
        var file = Path.Combine(app.Database.Options.DataFolder, "other.key");

        Assert.Contains("is missing", (await Assert.ThrowsAsync<StartUpException>(() => StepAsync(provider, file))).Message,
            StringComparison.Ordinal);
        Assert.False(File.Exists(file));
        await File.WriteAllTextAsync(file, "not a key");
        Assert.Contains("does not hold a key", (await Assert.ThrowsAsync<StartUpException>(() => StepAsync(provider, file))).Message,
            StringComparison.Ordinal);
        File.Delete(file);
        new KeyFile(file).Create();
        Assert.Contains("is not the one", (await Assert.ThrowsAsync<StartUpException>(() => StepAsync(provider, file))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Create_ByTwoAtOnce_KeepsTheFirst()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("crm-key").FullName, "crm.key");

        Parallel.For(0, 8, _ => new KeyFile(file).Create());

        var key = new KeyFile(file).Key();
        new KeyFile(file).Create();
        Assert.Equal(key, new KeyFile(file).Key());
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(file)!));
        Directory.Delete(Path.GetDirectoryName(file)!, true);
    }

    private static Task StepAsync(IDatabaseProvider provider, string file) => new KeyFileStep(new KeyFile(file), provider)
        .RunAsync(default);

    private static ServiceProvider Node(IDatabaseProvider provider, string file)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(provider);
        services.AddCrmDataProtection(file);
        return services.BuildServiceProvider();
    }
}
