namespace CrmPortal.Api;

internal static class ApiSetup
{
    public static void AddCrmApi(this IServiceCollection services)
    {
    }

    public static void MapCrmApi(this WebApplication app)
    {
    }
}
