using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Hosting.DataProtection;

internal static class DataProtectionSetup
{
    /// <param name="keyFile">The full path of the key file.</param>
    public static void AddCrmDataProtection(this IServiceCollection services, string keyFile)
    {
        services.AddSingleton(new KeyFile(keyFile));
        services.AddSingleton<DataKeyRepository>();
        services.AddScoped<IStartUpStep, KeyFileStep>();
        services.AddDataProtection().SetApplicationName("CrmPortal");
        services.AddSingleton<ISecretProtector, SecretProtector>();
        services.AddOptions<KeyManagementOptions>().Configure<DataKeyRepository, KeyFile>((options, repository, file) =>
        {
            options.XmlRepository = repository;
            options.XmlEncryptor = new KeyFileEncryptor(file);
        });
    }
}

/// <summary>
/// Makes the key file at the first start, and refuses to start where it cannot open the keys that are there: with new ones
/// everybody would be signed out and every stored secret lost, silently.
/// </summary>
internal sealed class KeyFileStep(KeyFile file, IDatabaseProvider provider) : IStartUpStep
{
    public int Order => 0;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        var keys = await db.DataKeys.Select(k => k.Xml).ToListAsync(cancellationToken);
        if (KeyFileCheck.Fault(file, keys) is { } fault) throw new StartUpException(fault);
        if (!file.Exists) Create();
        file.Key();
    }

    private void Create()
    {
        try
        {
            file.Create();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartUpException($"The key file {file.FullPath} cannot be written: {fault.Message}");
        }
    }
}
