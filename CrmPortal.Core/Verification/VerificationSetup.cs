using CrmPortal.Core.Platform.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Verification;

/// <summary>E-mails and phones that are proved by a code.</summary>
internal static class VerificationSetup
{
    public static void AddVerification(this IServiceCollection services)
    {
        services.AddScoped<VerificationService>();
        services.AddScoped<IJobHandler, CodeCleanUp>();
    }
}
