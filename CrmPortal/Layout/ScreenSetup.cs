using System.Globalization;
using CrmPortal.Components.Ui;
using Microsoft.AspNetCore.Localization;

namespace CrmPortal.Layout;

internal static class ScreenSetup
{
    /// <summary>The languages whose texts are complete.</summary>
    public static readonly IReadOnlyList<string> Languages = ["en", "es"];

    public static void AddCrmScreens(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents(o =>
        {
            o.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(3);
            o.DisconnectedCircuitMaxRetained = 1000;
        });
        services.AddSignalR(o => o.MaximumReceiveMessageSize = 256 * 1024);
        services.AddHttpContextAccessor();
        services.AddLocalization();
        services.Configure<RequestLocalizationOptions>(o =>
        {
            // Texts in one of our languages; dates and numbers as the user's own culture writes them.
            o.DefaultRequestCulture = new RequestCulture("en-GB", "en");
            o.SupportedCultures = [.. CultureInfo.GetCultures(CultureTypes.AllCultures).Where(c => c.Name.Length > 0)];
            o.SupportedUICultures = [.. Languages.Select(CultureInfo.GetCultureInfo)];
        });
        services.AddScoped<Toasts>();
        services.AddScoped<Display>();
        services.AddScoped<FilterWords>();
        services.AddScoped<PageCommands>();
    }

    public static void UseCrmScreens(this WebApplication app) => app.UseRequestLocalization();

    public static void MapCrmScreens(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        app.MapGet("/language/{language}", ChooseLanguage).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>Remembers the language in a cookie. Only a matter of taste, so a link may do it.</summary>
    private static IResult ChooseLanguage(string language, string? returnUrl, HttpContext context)
    {
        if (!Languages.Contains(language)) return Results.NotFound();
        RememberLanguage(context, language);
        return Results.LocalRedirect(returnUrl is { Length: > 0 } && returnUrl[0] == '/' && !returnUrl.StartsWith("//", StringComparison.Ordinal) && !returnUrl.StartsWith("/\\", StringComparison.Ordinal) ? returnUrl : "/");
    }

    /// <summary>Keeps a language in the browser; null is the browser's own again.</summary>
    public static void RememberLanguage(HttpContext context, string? language)
    {
        if (language is null)
        {
            context.Response.Cookies.Delete(CookieRequestCultureProvider.DefaultCookieName);
            return;
        }

        var culture = CultureInfo.CurrentCulture.TwoLetterISOLanguageName == language ? CultureInfo.CurrentCulture.Name : language == "en" ? "en-GB" : "es-ES";
        context.Response.Cookies.Append(
            CookieRequestCultureProvider.DefaultCookieName, CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(culture, language)),
            new CookieOptions { MaxAge = TimeSpan.FromDays(365), SameSite = SameSiteMode.Lax, IsEssential = true });
    }
}
