using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Customers;

/// <summary>Customers; their parts register their own services.</summary>
internal static class CustomersSetup
{
    public static void AddCustomers(this IServiceCollection services)
    {
        services.AddSingleton<IAccountHolders, AccountHolders>();
        services.AddScoped<CustomerService>();
        services.AddSingleton<CustomerCounts>();
        services.AddScoped<WholeCustomerService>();
        services.AddScoped<CustomerFinder>();
        services.AddScoped<CustomerTrash>();
        services.AddScoped<MergedCustomers>();
        services.AddScoped<CustomerBulkService>();
        services.AddScoped<IJobHandler, BulkEditJob>();
        services.AddScoped<CustomerExportService>();
    }
}
