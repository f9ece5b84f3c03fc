using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Customers;

/// <summary>Customers in the trash, for programs.</summary>
internal static class TrashEndpoints
{
    public static void MapTrash(this RouteGroupBuilder customers)
    {
        customers.MapGet("/trash", ListAsync)
            .Documented("ListTrash", "List the customers in the trash", Permissions.CustomersDelete, null, 200, CustomerExamples.List)
            .WithDescription($"{Permissions.CustomersView} is needed as well.");
        customers.MapPost(@"/{id:regex(^\d+$)}/restore", RestoreAsync)
            .Documented("RestoreCustomer", "Take a customer out of the trash, with the status they had", Permissions.CustomersDelete,
                """{ "keep_colliding_as_further": true }""", 200, CustomerExamples.Customer).WithMetadata(new MeansItself());
    }

    private static async Task<Ok<ListAnswer<CustomerLine>>> ListAsync(int? page, int? limit,
        [Description("Words or parts of words, as in the list.")] string? search, HttpContext http, CustomerFinder finder,
        IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        var wanted = http.Contract().Paging.Page(page, limit, ListQuery.UsualLimit);
        var query = new CustomerQuery(search, InTrash: true);
        var count = await finder.CountAsync(query, null, cancellationToken);
        var rows = await finder.ListAsync(query, wanted with { Total = count.Rows }, cancellationToken);
        return TypedResults.Ok(ListAnswer<CustomerLine>.Of(http, [.. rows.Items.Select(r => CustomerLine.Of(r, shop.Value.Currency))],
            wanted.Number, wanted.Size, count.Rows));
    }

    private static async Task<Ok<CustomerAnswer>> RestoreAsync([Description("The id of the customer.")] long id, RestoreBody body,
        CustomerTrash trash, CustomFieldService fields, IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        var restored = await trash.RestoreAsync(id, body.KeepCollidingAsFurther, cancellationToken)
            ?? throw ApiException.NotFound(CustomerPartEndpoints.NoCustomer);
        return TypedResults.Ok(await CustomerEndpoints.AnswerAsync(restored.Customer, shop, fields, cancellationToken));
    }
}

/// <summary>How a customer comes out of the trash.</summary>
internal sealed record RestoreBody
{
    [Description("Where another customer has the e-mail or phone now, it is kept as a further one; otherwise the answer is 409.")]
    public bool KeepCollidingAsFurther { get; init; }
}
