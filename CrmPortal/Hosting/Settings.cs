namespace CrmPortal.Hosting;

internal static class Settings
{
    /// <summary>
    /// Reads <c>appsettings.json</c> from beside the program. The file stands at the top of the repository and is copied to the
    /// output, while the content root of <c>dotnet run</c> is the project's folder; environment and arguments still win over it.
    /// </summary>
    public static void AddCrmSettings(this WebApplicationBuilder builder)
    {
        var file = new Microsoft.Extensions.Configuration.Json.JsonConfigurationSource
        {
            Path = Path.Combine(AppContext.BaseDirectory, "appsettings.json"), Optional = true, ReloadOnChange = false,
        };
        file.ResolveFileProvider();
        builder.Configuration.Sources.Insert(0, file);
        // Lets an unpublished build run in every environment; a published one has its files beside it.
        builder.WebHost.UseStaticWebAssets();
    }

    /// <summary>Whether the program can start; what is wrong is printed, all of it at once.</summary>
    public static bool HasGoodSettings(this WebApplicationBuilder builder)
    {
        var faults = ConfigurationCheck.Faults(builder.Configuration);
        foreach (var fault in faults) Console.Error.WriteLine(fault);
        return faults.Count == 0;
    }
}
