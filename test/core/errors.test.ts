import { expect } from '@open-wc/testing';
import { LogoutError } from '../../src/core/errors.js';

describe('LogoutError', () => {
  it('is an Error with a name, a code, a message and a cause', () => {
    const cause = new TypeError('Failed to fetch');
    const error = new LogoutError('network', 'The provider could not be reached.', { cause });
    expect(error).to.be.instanceOf(Error);
    expect(error).to.include({ name: 'LogoutError', code: 'network', message: 'The provider could not be reached.' });
    expect(error.cause).to.equal(cause);
    expect(String(error)).to.equal('LogoutError: The provider could not be reached.');
  });

  it('has no cause where none is given', () => {
    expect(new LogoutError('timeout', 'Too late.')).not.to.have.property('cause');
  });
});
