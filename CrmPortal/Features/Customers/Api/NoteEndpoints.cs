using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using static CrmPortal.Features.Customers.CustomerPartEndpoints;

namespace CrmPortal.Features.Customers;

/// <summary>The notes about a customer, for programs.</summary>
internal static class NoteEndpoints
{
    private const string NoNote = "Note not found";
    private const string ById = @"/{noteId:regex(^\d+$)}";

    public static void MapNotes(this RouteGroupBuilder customer)
    {
        var notes = customer.MapGroup("/notes");
        notes.MapGet("", ListAsync)
            .Documented("ListNotes", "List the notes about a customer, pinned ones first", Permissions.CustomersView, null, 200,
                $$"""{ "items": [{{CustomerPartExamples.Note}}], "page": 1, "limit": 20, "total": 1, "pages": 1 }""");
        notes.MapGet(ById, GetAsync)
            .Documented("GetNote", "Get a note", Permissions.CustomersView, null, 200, CustomerPartExamples.Note);
        notes.MapPost("", AddAsync)
            .Documented("AddNote", "Write a note in Markdown", Permissions.CustomersEdit, CustomerPartExamples.NoteInput, 201,
                CustomerPartExamples.Note);
        notes.MapPut(ById, ChangeAsync)
            .Documented("ChangeNote", "Change your own note, or pin any", Permissions.CustomersEdit, CustomerPartExamples.NoteInput, 200,
                CustomerPartExamples.Note);
        notes.MapDelete(ById, DeleteAsync)
            .Documented("DeleteNote", "Remove a note", Permissions.CustomersEdit, null, 200,
                CustomerPartExamples.Done("Note deleted successfully."));
    }

    private static async Task<Ok<ListAnswer<NoteDetails>>> ListAsync(long id, HttpContext http, NoteService notes,
        CustomerService customers, CancellationToken cancellationToken, int page = 1, int limit = ListQuery.UsualLimit)
    {
        await customers.FindAsync(id, cancellationToken);
        var wanted = http.Contract().Paging.Page(page, limit, ListQuery.UsualLimit);
        var found = await notes.ListAsync(id, wanted, cancellationToken);
        var total = await notes.CountAsync(id, cancellationToken);
        return TypedResults.Ok(ListAnswer<NoteDetails>.Of(http, found.Items, found.Number, found.Size, total));
    }

    private static async Task<Ok<NoteDetails>> GetAsync(long id, long noteId, NoteService notes, CancellationToken cancellationToken) =>
        TypedResults.Ok(await FindAsync(notes, id, noteId, cancellationToken));

    private static async Task<Created<NoteDetails>> AddAsync(long id, NoteInput input, HttpContext http, NoteService notes,
        CancellationToken cancellationToken)
    {
        var added = await notes.AddAsync(id, input.Text.Value, cancellationToken, input.IsPrivate.Or(false), input.IsPinned.Or(false))
            ?? throw ApiException.NotFound(NoCustomer);
        return TypedResults.Created(AddressOf(http, id, "notes", added.Id), added);
    }

    private static async Task<Ok<NoteDetails>> ChangeAsync(long id, long noteId, NoteInput input, NoteService notes,
        CancellationToken cancellationToken)
    {
        var present = await FindAsync(notes, id, noteId, cancellationToken);
        if (input.IsPinned.IsPresent && input.IsPinned.Value != present.IsPinned)
            await notes.PinAsync(id, noteId, input.IsPinned.Value, cancellationToken);
        if (input.Text.IsPresent || input.IsPrivate.IsPresent)
            await notes.UpdateAsync(id, noteId, input.Text.Or(present.Text), input.IsPrivate.Or(present.IsPrivate), null,
                cancellationToken);
        return TypedResults.Ok(await FindAsync(notes, id, noteId, cancellationToken));
    }

    private static async Task<Ok<DoneAnswer>> DeleteAsync(long id, long noteId, NoteService notes, CancellationToken cancellationToken)
    {
        _ = await notes.RemoveAsync(id, noteId, cancellationToken) ?? throw ApiException.NotFound(NoNote);
        return TypedResults.Ok(new DoneAnswer("Note deleted successfully."));
    }

    private static async Task<NoteDetails> FindAsync(NoteService notes, long id, long noteId, CancellationToken cancellationToken) =>
        await notes.GetAsync(id, noteId, cancellationToken) ?? throw ApiException.NotFound(NoNote);
}
