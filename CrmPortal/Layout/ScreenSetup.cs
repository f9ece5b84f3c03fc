using System.Globalization;
using System.Text.Json.Serialization;
using CrmPortal.Account;
using CrmPortal.Components.Ui;
using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Reports;
using CrmPortal.Features.Chats;
using CrmPortal.Features.Documents;
using CrmPortal.Features.Exports;
using CrmPortal.Features.HelpCentre;
using CrmPortal.Features.Imports;
using CrmPortal.Features.Reports;
using CrmPortal.Features.SelfService;
using CrmPortal.Features.Tickets;
using CrmPortal.Layout.Theme;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.JSInterop;
using MudBlazor;
using MudBlazor.Services;

namespace CrmPortal.Layout;

internal static class ScreenSetup
{
    public static void AddCrmScreens(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents(o =>
        {
            o.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(3);
            o.DisconnectedCircuitMaxRetained = 1000;
        });
        services.AddSignalR(o => o.MaximumReceiveMessageSize = 256 * 1024)
            .AddJsonProtocol(o => o.PayloadSerializerOptions.Converters.Add(new JsonStringEnumConverter()));
        services.AddHttpContextAccessor();
        services.AddLocalization();
        services.Configure<RequestLocalizationOptions>(o =>
        {
            // Texts in one of our languages; dates and numbers as the user's own culture writes them.
            o.DefaultRequestCulture = new RequestCulture("en-GB", "en");
            o.SupportedCultures = [.. CultureInfo.GetCultures(CultureTypes.AllCultures).Where(c => c.Name.Length > 0)];
            o.SupportedUICultures = [.. ProfileService.Languages.Select(CultureInfo.GetCultureInfo)];
            o.RequestCultureProviders.Insert(0, new CustomRequestCultureProvider(OfProfile));
            o.RequestCultureProviders.Insert(0, new CustomRequestCultureProvider(OfHelp));
            o.RequestCultureProviders.Insert(0, new CustomRequestCultureProvider(OfChat));
        });
        services.AddMudServices();
        services.AddTransient<MudLocalizer, LibraryTexts>();
        services.AddSingleton<ThemeSheet>();
        services.AddScoped<Toasts>();
        services.AddScoped<Display>();
        services.AddScoped<FilterLabels>();
        services.AddScoped<ExportAudiences>();
        services.AddScoped<IReportLetters, ReportLetters>();
        services.AddScoped<PageCommands>();
        services.AddScoped<NavigationMap>();
        services.AddScoped<PaletteSources>();
        services.AddHelpCentreScreens();
        services.AddOwnPages();
        services.AddChatScreens();
    }

    public static void UseCrmScreens(this WebApplication app)
    {
        app.UseRequestLocalization();
        // What the library does by itself nobody waits for; by default its faults go to the console, past the log.
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("CrmPortal.Layout.Library");
        MudGlobal.UnhandledExceptionHandler = fault =>
        {
            // A browser that has gone, or a page that was left.
            if (fault is not (JSDisconnectedException or OperationCanceledException or ObjectDisposedException))
                PageFaultLog.WriteOfLibrary(logger, fault);
        };
    }

    public static void MapCrmScreens(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapFonts();
        ThemeSheet.Map(app);
        app.MapBrand();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        app.MapImportDownloads();
        app.MapDocumentFiles();
        app.MapTicketFiles();
        app.MapChats();
        app.MapHelpFiles();
        app.MapContactForm();
        app.MapOwnPages();
        app.MapPost("/language", ChooseLanguageAsync).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>The language that a signed-in user chose; dates and numbers as their browser writes that language.</summary>
    private static Task<ProviderCultureResult?> OfProfile(HttpContext context)
    {
        var language = context.User.Language();
        return Task.FromResult(language is null ? null : new ProviderCultureResult(Written(context, language), language));
    }

    /// <summary>Pages of the help centre are in the language of their address, whoever reads them.</summary>
    private static Task<ProviderCultureResult?> OfHelp(HttpContext context)
    {
        var language = context.Request.Path.StartsWithSegments(HelpAddresses.Root, out var rest)
            ? rest.Value!.TrimStart('/').Split('/')[0] : null;
        return Task.FromResult(HelpLanguages.IsOne(language) ? new ProviderCultureResult(Written(context, language!), language!) : null);
    }

    /// <summary>The frame of the chat is in the language of the page around it.</summary>
    private static Task<ProviderCultureResult?> OfChat(HttpContext context) => Task.FromResult(
        context.Request.Path.StartsWithSegments(ChatEndpoints.Root) && ProfileService.Languages.Contains(context.Request.Query["lang"].ToString())
            ? new ProviderCultureResult(Written(context, context.Request.Query["lang"].ToString()), context.Request.Query["lang"].ToString())
            : null);

    /// <summary>Keeps a language in the browser, for the pages before the sign-in; null is the browser's own again.</summary>
    public static void RememberLanguage(HttpContext context, string? language)
    {
        if (language is null)
        {
            context.Response.Cookies.Delete(CookieRequestCultureProvider.DefaultCookieName);
            return;
        }

        context.Response.Cookies.Append(
            CookieRequestCultureProvider.DefaultCookieName,
                CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(Written(context, language), language)),
            new CookieOptions { MaxAge = TimeSpan.FromDays(365), SameSite = SameSiteMode.Lax, HttpOnly = true,
                Secure = context.Request.IsHttps, IsEssential = true });
    }

    /// <summary>Remembers the language: in the profile of a signed-in user, else in a cookie.</summary>
    private static async Task<IResult> ChooseLanguageAsync([FromForm] string? language, [FromForm] string? returnUrl, HttpContext context,
        ProfileService profiles)
    {
        if (language is null || !ProfileService.Languages.Contains(language)) return Results.BadRequest();
        if (context.User.Identity?.IsAuthenticated == true) await profiles.SetLanguageAsync(language, context.RequestAborted);
        RememberLanguage(context, language);
        return Results.LocalRedirect(LocalUrl.Safe(returnUrl));
    }

    private static string Written(HttpContext context, string language) =>
        context.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(l => l.Quality ?? 1).Select(l => l.Value.ToString())
            .FirstOrDefault(l => l.StartsWith(language + "-", StringComparison.OrdinalIgnoreCase)
                && CultureInfo.GetCultures(CultureTypes.SpecificCultures).Any(c => c.Name == l))
        ?? (language == "es" ? "es-ES" : "en-GB");
}
