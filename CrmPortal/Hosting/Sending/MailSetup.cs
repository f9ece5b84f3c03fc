using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.Extensions.Options;
using MimeKit;

namespace CrmPortal.Hosting;

/// <summary>How mails leave.</summary>
internal sealed class MailOptions
{
    public const string Section = "Mail";

    /// <summary>The sender's address; the shop's name is used as its display name.</summary>
    public string From { get; set; } = "portal@localhost";

    public SmtpOptions Smtp { get; set; } = new();
}

/// <summary>The mail server; without a host, mails are written as files.</summary>
internal sealed class SmtpOptions
{
    public string Host { get; set; } = "";
    public int Port { get; set; } = 587;
    public string User { get; set; } = "";
    public string Password { get; set; } = "";
    public bool UseTls { get; set; } = true;
}

internal sealed class MailOptionsCheck : SettingsCheck<MailOptions>
{
    protected override IEnumerable<string> Faults(MailOptions options)
    {
        if (!MailboxAddress.TryParse(options.From, out _))
            yield return $"Mail:From is {options.From}, which is no e-mail address; write one such as portal@example.com.";
        if (options.Smtp.Port is < 1 or > ushort.MaxValue)
            yield return $"Mail:Smtp:Port is {options.Smtp.Port}; it must be a number between 1 and 65535.";
    }
}

internal static class MailSetup
{
    public static void AddMail(this IServiceCollection services)
    {
        services.AddSettings<MailOptions, MailOptionsCheck>(MailOptions.Section);
        services.AddSingleton<IMailSender>(s => s.GetRequiredService<IOptions<MailOptions>>().Value.Smtp.Host.Length > 0
            ? ActivatorUtilities.CreateInstance<SmtpSender>(s)
            : new FileSender(Path.Combine(s.GetRequiredService<DatabaseOptions>().DataFolder, "mail"),
                s.GetRequiredService<IOptions<MailOptions>>(), s.GetRequiredService<ShopIdentity>()));
        services.AddSingleton(s => SentFiles.Of(s.GetRequiredService<IMailSender>()));
        services.AddSingleton<MailWorker>();
        services.AddHostedService(s => s.GetRequiredService<MailWorker>());
    }
}
