using CrmPortal.Core.Data;
using Microsoft.Extensions.Options;

namespace CrmPortal.Hosting;

/// <summary>How mails leave.</summary>
internal sealed class MailOptions
{
    public const string Section = "Mail";

    /// <summary>The sender's address; the name of the shop stands before it.</summary>
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

internal static class MailSetup
{
    public static void AddMail(this IServiceCollection services)
    {
        services.AddOptions<MailOptions>().BindConfiguration(MailOptions.Section);
        services.AddSingleton<IMailSender>(s => s.GetRequiredService<IOptions<MailOptions>>().Value.Smtp.Host.Length > 0
            ? ActivatorUtilities.CreateInstance<SmtpSender>(s)
            : new FileSender(Path.Combine(s.GetRequiredService<DatabaseOptions>().DataFolder, "mail"), s.GetRequiredService<IOptions<MailOptions>>()));
        services.AddSingleton(s => SentFiles.Of(s.GetRequiredService<IMailSender>()));
        services.AddSingleton<MailWorker>();
        services.AddHostedService(s => s.GetRequiredService<MailWorker>());
    }
}
